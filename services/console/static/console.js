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
// After a fresh sign-in what was typed goes on by itself.
const waiting = document.querySelector("form[data-go-on]");
if (waiting) waiting.requestSubmit();
