// Keeps an open page true. Without it everything reads; it only spares the reader a reload.
"use strict";

const EVENTS = "/events";
const AT_MOST_EVERY = 2000; // ms between two fetches of the page
const AT_LEAST_EVERY = 60000; // "4 min ago" grows old too
const AGAIN = 30000; // ms until a line that was refused is tried again

let mark = document.body.dataset.mark;
let wanted = false; // the page is older than the store
let fetching = false;
let fetched = Date.now();
let broken = false; // nothing is heard from the server

function listen() {
  const line = new EventSource(EVENTS);
  line.addEventListener("open", () => unlive(false));
  line.addEventListener("changed", (event) => {
    wanted ||= event.data !== mark;
    refresh();
  });
  line.addEventListener("clock", (event) => say("clock", event.data));
  line.addEventListener("error", () => {
    unlive(true);
    if (line.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    setTimeout(listen, AGAIN);
  });
  addEventListener("pagehide", () => line.close(), { once: true });
}

function unlive(state) {
  broken = state;
  for (const told of document.querySelectorAll(".unlive")) told.hidden = !state;
}

function say(id, words) {
  const told = document.getElementById(id);
  if (told && told.textContent !== words) told.textContent = words;
}

async function refresh() {
  if (!wanted || fetching || document.hidden || isBusy() || Date.now() - fetched < AT_MOST_EVERY) return;
  fetching = true;
  fetched = Date.now();
  try {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
    if (answer.redirected) location.reload(); // the session has ended: the login is shown
    else if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    unlive(true);
  } finally {
    fetching = false;
  }
}

// Whoever types or has marked some words is not disturbed; the page is brought up to date when they are done.
function isBusy() {
  const at = document.activeElement;
  const main = document.querySelector("main");
  const typing = main.contains(at) && at.matches("input, textarea, select, [contenteditable]");
  const chosen = getSelection();
  return typing || (chosen && !chosen.isCollapsed && main.contains(chosen.anchorNode));
}

function show(page) {
  if (isBusy() || !page.body.dataset.mark) return;
  const before = { alerts: count(document), places: places(), x: scrollX, y: scrollY, held: held() };
  for (const part of ["main", "#places", "#state"]) swap(part, page);
  document.title = page.title;
  unlive(broken);
  restore(before);
  for (const name of ["mark", "alerts", "said"]) document.body.dataset[name] = page.body.dataset[name];
  mark = page.body.dataset.mark;
  wanted = false;
  if (count(document) > before.alerts) say("told", document.body.dataset.said);
  document.dispatchEvent(new CustomEvent("earshot:shown")); // what was drawn by a script is drawn again
}

function swap(part, page) {
  const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
  if (!old || !fresh || old.innerHTML === fresh.innerHTML) return;
  old.replaceChildren(...fresh.childNodes);
}

function count(page) {
  return Number((page.body.dataset.alerts || "0").replace(/\D/g, ""));
}

// What the reader had opened, ticked and chosen, and where the focus was, told by what is the same in the new page.
function places() {
  const at = document.activeElement;
  const open = [...document.querySelectorAll("main details")].map((each) => [key(each), each.open]);
  const changed = [...document.querySelectorAll("main [type=checkbox]")].filter((each) => each.checked !== each.defaultChecked);
  const ticks = new Map(changed.map((each) => [key(each), each.checked]));
  const chosen = new Map([...document.querySelectorAll("main select")].filter(isChanged).map((each) => [key(each), each.value]));
  return { focus: at && at.closest("main, #places") && at.tagName !== "MAIN" ? key(at) : null, open: new Map(open), ticks, chosen };
}

function isChanged(select) {
  return [...select.options].some((each) => each.selected !== each.defaultSelected);
}

// The mention that is read: where it stood on the screen, so that what comes in above does not push it away.
function held() {
  const inSight = (each) => each.getBoundingClientRect().bottom > 0 && each.getBoundingClientRect().top < innerHeight;
  const all = [...document.querySelectorAll(".mentions > li:target"), ...document.querySelectorAll(".mentions > li[id]")];
  const at = all.find(inSight);
  return at ? { id: at.id, top: at.getBoundingClientRect().top } : null;
}

function restore({ places: was, x, y, held: read }) {
  for (const each of document.querySelectorAll("main details")) {
    if (was.open.has(key(each))) each.open = was.open.get(key(each));
  }
  for (const each of document.querySelectorAll("main [type=checkbox]")) {
    if (was.ticks.has(key(each))) each.checked = was.ticks.get(key(each));
  }
  for (const each of document.querySelectorAll("main select")) {
    if (was.chosen.has(key(each))) each.value = was.chosen.get(key(each));
  }
  if (document.getElementById(location.hash.slice(1))) location.replace(location.hash); // else nothing is :target any more
  if (was.focus !== null) {
    const all = document.querySelectorAll("main :is(a, button, summary, input, select, [tabindex]), #places a");
    [...all].find((each) => key(each) === was.focus)?.focus({ preventScroll: true });
  }
  scrollTo(x, y);
  const still = read && document.getElementById(read.id);
  if (still) scrollBy(0, still.getBoundingClientRect().top - read.top);
}

function key(element) {
  const named = element.id || element.getAttribute("href") || element.getAttribute("name") || "";
  const said = named ? "" : (element.querySelector("summary") || element).textContent.trim();
  return `${element.tagName} ${named} ${said}`;
}

// Who changes the language comes back to the same part of the page.
document.addEventListener("submit", ({ target }) => {
  if (target.getAttribute("action") === "/language") target.elements.next.value = location.pathname + location.search + location.hash;
});

setInterval(() => {
  wanted ||= Date.now() - fetched > AT_LEAST_EVERY;
  refresh();
}, 1000);
document.addEventListener("visibilitychange", refresh);
addEventListener("pageshow", (event) => event.persisted && listen()); // back from the browser's memory
listen();
