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
  // A scanner types where the cursor is, over what was wrong; elsewhere a refusal is read first.
  const field = document.querySelector("input[autofocus]");
  const refusal = document.getElementById("refusal");
  if (refusal && field) { field.focus(); field.select(); } else if (refusal) refusal.focus();
});
