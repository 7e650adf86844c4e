/**
 * The messages on the page, in the order of their ids. Text is only ever set with textContent; all words of our own
 * come from index.html.
 */
const PHONE_NUMBER = /(?<![\w-])(?:911|988|(?:\+?1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4})(?![\w-])/g;

const byId = (id) => document.getElementById(id);
const log = byId("log");
export const words = byId("chat").dataset;

/** Place of each shown message in the log: its id, or Infinity while it has none. */
const place = new Map();
const shown = new Set();
/** Own messages whose id is still unknown: [{text, node}]. */
const unnamed = [];

function clock(iso) {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  return at.toLocaleString("en-US", { ...day, hour: "numeric", minute: "2-digit" });
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** The numbers to tap, most important first. They are read from the text: it has the number of its own hour. */
function numbersToCall({ text, disposition }) {
  const found = [...new Set(text.match(PHONE_NUMBER))];
  const short = found.filter((number) => number.length === 3);
  const long = found.filter((number) => number.length > 3);
  if (disposition === "emergency") return [...(short.includes("911") ? short : ["911", ...short]), ...long];
  return [...(long.length ? long : [words.phone]), ...short];
}

function callLink(number, rank) {
  const link = byId("call-link").content.firstElementChild.cloneNode(true);
  const digits = number.replace(/\D/g, "");
  link.href = digits.length === 3 ? `tel:${digits}` : `tel:+1${digits.slice(-10)}`;
  link.classList.toggle("quiet", rank > 0);
  link.querySelector("span").textContent = words.call.replace("{number}", number);
  return link;
}

function build({ author, text, disposition = "none", escalation = null, at, buttons = [] }) {
  const node = byId("message").content.firstElementChild.cloneNode(true);
  const part = (name) => node.querySelector(`.${name}`);
  const alert = author !== "patient" && (disposition === "emergency" || disposition === "urgent");
  node.classList.add(author);
  part("author").textContent = { patient: words.authorPatient, staff: words.authorStaff }[author] ?? words.authorBot;
  const [first, ...rest] = text.split(/\n+/).filter((line) => line.trim()).map((line) => element("p", line));
  // The buttons to call come right after the first paragraph, which is the instruction.
  part("lead").append(first ?? "");
  part("words").append(...rest);
  part("meta").querySelector("time").dateTime = at;
  part("meta").querySelector("time").textContent = clock(at);
  if (alert) {
    node.classList.add("red-flag", disposition);
    part("alert").hidden = part("calls").hidden = false;
    part("alert").querySelector("strong").textContent =
      disposition === "emergency" ? words.titleEmergency : words.titleUrgent;
    part("calls").append(...numbersToCall({ text, disposition }).map(callLink));
  }
  if (escalation && author !== "patient" && !text.includes(escalation)) {
    part("reference").hidden = false;
    part("reference").querySelector("b").textContent = escalation;
  }
  for (const { title, payload } of buttons) {
    const button = element("button", title);
    button.type = "button";
    button.dataset.payload = payload;
    part("replies").append(button);
  }
  part("replies").hidden = buttons.length === 0;
  return node;
}

/** Puts a message where its id belongs. Messages that wait to be sent stay last. */
function insert(node, key) {
  place.set(node, key);
  const later = [...log.children].find((other) => place.get(other) > key);
  log.insertBefore(node, later ?? null);
}

/** Quick answers are gone once the patient has written something else. */
function retireReplies() {
  const nodes = [...log.children];
  const last = nodes.findLastIndex((node) => node.classList.contains("patient"));
  for (const node of nodes.slice(0, Math.max(last, 0))) node.querySelector(".replies").hidden = true;
}

export function show(messages) {
  let first = null;
  for (const message of messages) {
    if (shown.has(message.id)) continue;
    shown.add(message.id);
    const own = message.author === "patient" ? unnamed.findIndex(({ text }) => text === message.text) : -1;
    if (own >= 0) {
      place.set(unnamed[own].node, message.id);
      unnamed.splice(own, 1);
      continue;
    }
    const node = build(message);
    insert(node, message.id);
    first ??= node;
  }
  retireReplies();
  if (first) reveal(first);
}

/** Scrolls so that a message is seen from its start: the instruction comes first. */
export function reveal(node) {
  log.scrollTop = node.offsetTop - log.offsetTop - 12;
}

/** Shows what the patient has just written and returns its element. A poll may bring the same text with its id. */
export function showOwn(text, title) {
  const node = build({ author: "patient", text: title, at: new Date().toISOString() });
  insert(node, Infinity);
  unnamed.push({ text, node });
  retireReplies();
  reveal(node);
  return node;
}

/** Shows the replies to an own message, after it and before those that still wait. */
export function showReplies(node, messages) {
  const own = unnamed.findIndex((entry) => entry.node === node);
  if (own >= 0 && messages.length && messages.every(({ id }) => shown.has(id))) {
    // It had arrived before the page was reloaded, and the history shows it.
    unnamed.splice(own, 1);
    node.remove();
  } else if (own >= 0 && messages.length) {
    place.set(node, Math.min(...messages.map(({ id }) => id)) - 0.5);
  }
  show(messages);
}

export function scrollToEnd() {
  if (shown.size) log.scrollTop = log.scrollHeight;
  log.setAttribute("aria-busy", "false");
}
