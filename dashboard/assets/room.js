// Enter sends and Shift+Enter begins a new line; the newest message stays in sight of those who are looking at it.
const page = document.scrollingElement;
const NEAR_PX = 120;
const atEnd = () => page.scrollHeight - page.clientHeight - page.scrollTop < NEAR_PX;
let follows = atEnd();

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "say" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
document.addEventListener("submit", () => {
  follows = true;
});
document.addEventListener("scroll", () => {
  follows = atEnd();
});
// Somebody who unfolds a decision wants to read it, not to be carried away by the next word of an answer.
document.addEventListener(
  "toggle",
  () => {
    follows = atEnd();
  },
  true,
);
new MutationObserver(() => {
  if (follows) page.scrollTo({ top: page.scrollHeight });
}).observe(document.getElementById("messages"), { childList: true, subtree: true, characterData: true });
