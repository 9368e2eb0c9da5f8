// On a narrow screen the navigation is one line to scroll: it begins where the reader is.
const nav = document.getElementById("views");
const here = nav.querySelector("[aria-current]");
if (here !== null) nav.scrollLeft = here.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2;

// Says in the status line when the page is not live any more, and when it is again.
const root = document.documentElement;
document.addEventListener("htmx:sse:error", (event) => {
  root.dataset.stream = event.detail.status === 401 ? "out" : "lost";
});
document.addEventListener("htmx:sse:after:connection", () => {
  delete root.dataset.stream;
});
