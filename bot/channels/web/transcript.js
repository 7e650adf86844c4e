/**
 * The messages on the page, in the order of their ids. Text is only ever set with textContent; all words of our own
 * come from index.html.
 */
const PHONE_NUMBER = /(?<![\w-])(911|988|(?:\+?1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4})(?![\w-])/g;

const byId = (id) => document.getElementById(id);
const log = byId("log");
export const words = byId("chat").dataset;

/** Place of each shown message in the log: its id, or Infinity while it has none. */
const place = new Map();
/** Ids in the log. A reply that the server could not store has the id 0: it is shown and never counted. */
const shown = new Set();
/** Own messages whose id is still unknown: [{text, node}]. */
const unnamed = [];

function clock(iso) {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  return at.toLocaleString("en-US", { ...day, hour: "numeric", minute: "2-digit" });
}

/** A text as far as the server keeps it: it drops control marks and leading slashes. */
function plain(text) {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, "").replace(/^[\s/]+/, "").trim();
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function telephone(number) {
  if (number === words.phone) return words.phoneHref;
  const digits = number.replace(/\D/g, "");
  return digits.length === 11 ? `tel:+${digits}` : `tel:${digits}`;
}

/** A paragraph in which the phone numbers can be tapped. */
function paragraph(line) {
  const made = document.createElement("p");
  line.split(PHONE_NUMBER).forEach((piece, index) => {
    const number = index % 2 === 1;
    made.append(number ? element("a", piece) : piece);
    if (number) made.lastChild.href = telephone(piece);
  });
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
  link.href = telephone(number);
  link.classList.toggle("quiet", rank > 0);
  link.querySelector("span").textContent = words.call.replace("{number}", number);
  return link;
}

/** The first sentence of a red flag is the instruction; the buttons to call come right after it. */
function split(text, alert) {
  const lines = text.split(/\n+/).filter((line) => line.trim());
  const sentence = alert && lines[0]?.match(/^(.+?[.!?:])\s+([A-Z].*)$/);
  return sentence ? [sentence[1], sentence[2], ...lines.slice(1)] : lines;
}

function build({ author, text, disposition = "none", at, buttons = [] }) {
  const node = byId("message").content.firstElementChild.cloneNode(true);
  const part = (name) => node.querySelector(`.${name}`);
  const alert = author !== "patient" && (disposition === "emergency" || disposition === "urgent");
  node.classList.add(author);
  part("author").textContent = { patient: words.authorPatient, staff: words.authorStaff }[author] ?? words.authorBot;
  const made = author === "patient" ? (line) => element("p", line) : paragraph;
  const [first, ...rest] = split(text, alert).map(made);
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

/** Shows messages that are not in the log yet; those without an id at ``key``. */
export function show(messages, key = 0) {
  let first = null;
  for (const message of messages) {
    if (shown.has(message.id)) continue;
    if (message.id) shown.add(message.id);
    const same = ({ text }) => plain(text) === plain(message.text);
    const own = message.author === "patient" ? unnamed.findIndex(same) : -1;
    if (own >= 0) {
      place.set(unnamed[own].node, message.id);
      unnamed.splice(own, 1);
      continue;
    }
    const node = build(message);
    insert(node, message.id || key);
    first ??= node;
  }
  retireReplies();
  if (first) reveal(first);
}

/**
 * Scrolls so that a message is seen from its start, the instruction, and with it what the patient wrote if there is
 * room for both.
 */
export function reveal(node) {
  const before = node.previousElementSibling;
  const height = node.offsetTop + node.offsetHeight - (before?.offsetTop ?? 0);
  const both = before?.classList.contains("patient") && height < log.clientHeight - 24;
  log.scrollTop = (both ? before : node).offsetTop - log.offsetTop - 12;
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
  const first = Math.min(...messages.map(({ id }) => id || Infinity));
  if (own >= 0 && messages.length && messages.every(({ id }) => shown.has(id))) {
    // It had arrived before the page was reloaded, and the history shows it.
    unnamed.splice(own, 1);
    node.remove();
  } else if (own >= 0 && messages.length) {
    place.set(node, first < Infinity ? first - 0.5 : Math.max(0, ...shown) + 0.5);
  }
  show(messages, place.get(node));
}

export function scrollToEnd() {
  if (shown.size) log.scrollTop = log.scrollHeight;
  log.setAttribute("aria-busy", "false");
}
