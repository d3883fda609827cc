// Small comforts. Every page works without this file.
"use strict";
// A form is sent once: a second click on its button does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (event.submitter && "download" in event.submitter.dataset) return; // the page stays
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

// A file is sent with its progress, and stays chosen: only what was found is replaced.
document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (!form.dataset.upload || event.defaultPrevented || (button && "download" in button.dataset)) return;
  event.preventDefault();
  const bar = form.querySelector("progress"), says = form.querySelector("[data-says]"), file = form.querySelector("[type=file]").files[0];
  const over = (text) => { bar.hidden = true; says.textContent = text; says.className = text ? "fault" : "hint"; delete form.dataset.sent; };
  if (file && file.size > form.dataset.most * 1048576) { over(form.dataset.tooLarge); return; }
  const request = new XMLHttpRequest();
  const action = (button && button.getAttribute("formaction")) || form.getAttribute("action");
  request.open("POST", action);
  request.setRequestHeader("Accept", "text/html");
  request.responseType = "document";
  request.upload.onprogress = (sent) => {
    form.dataset.sent = "yes";
    bar.hidden = false;
    says.className = "hint";
    bar.value = sent.total ? 100 * sent.loaded / sent.total : 0;
    says.textContent = `${form.dataset.upload} ${Math.round(bar.value)}%`;
  };
  request.upload.onload = () => { bar.removeAttribute("value"); says.textContent = form.dataset.reading; };
  request.onerror = request.onabort = () => over(form.dataset.away);
  request.onload = () => {
    over("");
    const page = request.response, here = document.getElementById("found");
    if (!page || new URL(request.responseURL).pathname !== action) { location.assign(request.responseURL); return; }
    const found = page.getElementById("found"), said = page.querySelector("main .said");
    if (found) here.replaceWith(found);
    else if (said && !page.querySelector("[type=password]")) {
      here.querySelectorAll(".said").forEach((before) => before.remove());
      here.prepend(said);
    }
    else document.querySelector("main").replaceWith(page.querySelector("main"));
    document.querySelectorAll("[data-again]").forEach((hint) => { hint.hidden = true; });
    const next = document.querySelector("#refusal, #found, #content");
    next.tabIndex = -1;
    next.focus();
  };
  request.send(new FormData(form));
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
