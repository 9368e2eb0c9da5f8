// Enter sends and Shift+Enter begins a new line; the newest message stays in sight of those who are looking at it.
const page = document.scrollingElement;
const NEAR_PX = 120;
const atEnd = () => page.scrollHeight - page.clientHeight - page.scrollTop < NEAR_PX;
let follows = atEnd();
let lastTop = page.scrollTop;
const look = () => {
  follows = atEnd();
  lastTop = page.scrollTop;
};

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "say" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
document.addEventListener("submit", () => {
  follows = true;
});
document.addEventListener("scroll", look);
// Somebody who unfolds a decision wants to read it, not to be carried away by the next word of an answer.
document.addEventListener("toggle", look, true);
new MutationObserver(() => {
  // A scroll is told with the next frame only: whoever has moved up by now is not followed any more.
  if (page.scrollTop < lastTop) look();
  if (!follows) return;
  page.scrollTo({ top: page.scrollHeight });
  lastTop = page.scrollTop;
}).observe(document.getElementById("messages"), { childList: true, subtree: true, characterData: true });
