// What a test sees of the page that is open: lists of faults, each as a sentence. Runs inside Chromium.
globalThis.seen = (() => {
  const name = (e) => `<${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}${e.className && e.className.baseVal === undefined ? "." + [...e.classList].join(".") : ""}> ${(e.innerText || e.value || e.getAttribute("aria-label") || "").trim().slice(0, 30)}`;
  const rgb = (text) => (text.match(/[\d.]+/g) || []).map(Number);
  const light = (c) => c.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0.99) return c; } return [255, 255, 255]; };
  const shown = (e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && r.right > 0 && r.bottom + scrollY > 0 && e.checkVisibility({ visibilityProperty: true }); };
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]";

  // WCAG 1.4.10: nothing beyond the side but what scrolls by itself; of a list of documents, and of fields, not even that.
  const reflow = () => {
    const root = document.scrollingElement, most = root.clientWidth;
    const cut = [...document.querySelectorAll(".wide")].filter((e) => e.querySelector("input, select, td:first-child a") && e.scrollWidth > e.clientWidth + 1).map((e) => `columns out of sight: ${name(e)}`);
    if (root.scrollWidth <= most) return cut;
    const inside = (e) => { for (let p = e.parentElement; p && p !== root; p = p.parentElement) if (["auto", "scroll", "hidden"].includes(getComputedStyle(p).overflowX)) return true; return false; };
    const wide = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > most + 1 && !inside(e)).slice(-3);
    return [`${root.scrollWidth} px wide in ${most}: ${wide.map(name).join(", ")}`];
  };

  // WCAG 2.5.8 with its exceptions for links within a sentence and for small targets with enough room around them.
  const targets = () => {
    const all = [...document.querySelectorAll(CONTROLS)].filter(shown).map((e) => ({ e, r: e.getBoundingClientRect() }));
    const small = (t) => t.r.width < 23.9 || t.r.height < 23.9;
    const centre = (r) => [r.left + r.width / 2, r.top + r.height / 2];
    const inSentence = (e) => getComputedStyle(e).display === "inline" && [...e.parentElement.childNodes].some((n) => n.nodeType === 3 && n.data.trim().length > 1);
    const near = (t, o) => {
      const [x, y] = centre(t.r);
      if (small(o)) { const [u, v] = centre(o.r); if (Math.hypot(x - u, y - v) < 24) return true; }
      const dx = Math.max(o.r.left - x, 0, x - o.r.right), dy = Math.max(o.r.top - y, 0, y - o.r.bottom);
      return Math.hypot(dx, dy) < 12;
    };
    return all.filter((t) => small(t) && !inSentence(t.e))
      .filter((t) => all.some((o) => o !== t && !t.e.contains(o.e) && !o.e.contains(t.e) && near(t, o)))
      .map((t) => `target of ${t.r.width.toFixed(0)} × ${t.r.height.toFixed(0)} px without room: ${name(t.e)}`);
  };

  // WCAG 2.4.7, 2.4.11, 1.4.11: where the keyboard is can be seen. Null at the end of the round.
  const focus = () => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const s = getComputedStyle(e), faults = [];
    if (s.outlineStyle === "none" || parseFloat(s.outlineWidth) < 2) faults.push(`focus is not visible: ${name(e)}`);
    else if (contrast(rgb(s.outlineColor), ground(e.parentElement)) < 3) faults.push(`focus has too little contrast: ${name(e)}`);
    const points = [...e.getClientRects()].flatMap((r) => [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [r.left + r.width * x, r.top + r.height * y])));
    const free = points.some(([x, y]) => { const there = document.elementFromPoint(x, y); return there && (e.contains(there) || there.contains(e) && there !== document.body && there !== document.documentElement); });
    if (!free) faults.push(`focus is covered: ${name(e)}`);
    if (!stops.includes(e)) stops.push(e);
    return { faults, stop: stops.indexOf(e) };
  };
  const stops = [];
  const reachable = () => [...document.querySelectorAll(CONTROLS + ", [tabindex='0']")].filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true }) && e.tabIndex >= 0 && (e.type !== "radio" || e.checked)).length;
  // The next Tab begins the round anew.
  const top = () => { document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute("tabindex"); scrollTo(0, 0); };

  const motion = () => [...document.querySelectorAll("*")].filter((e) => { const s = getComputedStyle(e); return [...s.transitionDuration.split(","), ...s.animationDuration.split(",")].some((d) => parseFloat(d) > 0.01); }).slice(0, 3).map((e) => `moves although motion is unwanted: ${name(e)}`);

  // 适老化: no text below 18 px where large type is on.
  const largeType = () => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), faults = new Set();
    while (texts.nextNode()) {
      const e = texts.currentNode.parentElement;
      if (texts.currentNode.data.trim() && e.getClientRects().length && parseFloat(getComputedStyle(e).fontSize) < 18) faults.add(`small in large type: ${name(e)}`);
    }
    return [...faults].slice(0, 3);
  };

  // On paper browsers leave grounds out, and nothing scrolls.
  const paper = () => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), faults = new Set();
    while (texts.nextNode()) {
      const e = texts.currentNode.parentElement;
      if (texts.currentNode.data.trim() && e.getClientRects().length && contrast(rgb(getComputedStyle(e).color), [255, 255, 255]) < 4.5) faults.add(`pale on paper: ${name(e)}`);
    }
    const scrolls = (e) => { const s = getComputedStyle(e); return [s.overflowX, s.overflowY].some((o) => ["auto", "scroll", "hidden"].includes(o)); };
    const cut = [...document.querySelectorAll("main *:not(input, select, textarea, progress)")].filter((e) => scrolls(e) && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1));
    return [...faults, ...cut.map((e) => `cut on paper: ${name(e)}`)].slice(0, 5);
  };

  // WCAG 3.2.6: help comes at the same place in the order of every page. Also what each page must have.
  const frame = () => {
    const order = [...document.querySelectorAll("header.top a[href], header.top button")];
    const help = order.filter((e) => e.matches("a.help"));
    const faults = [];
    if (help.length !== 1 || order.at(-1) !== help[0]) faults.push("help is not the last thing in the head");
    if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
    if (!document.title.trim()) faults.push("no title");
    const both = document.querySelector("main").innerText.match(/.{0,20}[\u4e00-\u9fff] · [a-z].{0,20}/i);
    if (both) faults.push(`two languages at once: ${both[0]}`);
    return faults;
  };

  return { reflow, targets, focus, reachable, top, motion, largeType, paper, frame };
})();
