// Small comforts. Every page works without this file.
"use strict";
// A form is sent once: a second click on its button does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 10000);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  const refusal = document.getElementById("refusal");
  if (refusal) refusal.focus();
});

// Single keys where a page offers them (data-key, data-rows). They may be switched off (WCAG 2.1.4), and do nothing inside a
// field, with a modifier, while held down, or just after a page opened: nobody approves what they have not seen.
const UNSEEN_MS = 400;
let shownAt = 0;
window.addEventListener("pageshow", () => { shownAt = performance.now(); });
const isTyping = (element) => element && element.closest("input, textarea, select, [contenteditable]");
function toRow(step) {
  const links = [...document.querySelectorAll("table[data-rows] tbody a")];
  if (!links.length) return false;
  const at = links.indexOf(document.activeElement);
  links[at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)].focus();
  return true;
}
document.addEventListener("keydown", (event) => {
  if (!("keys" in document.body.dataset) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.repeat && !"jk".includes(event.key)) return;
  if (isTyping(event.target) || event.key.length !== 1) return;
  if ("jk".includes(event.key) && toRow(event.key === "j" ? 1 : -1)) { event.preventDefault(); return; }
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target || event.repeat || performance.now() - shownAt < UNSEEN_MS) return;
  event.preventDefault();
  if (isTyping(target)) target.focus(); else target.click();
});
