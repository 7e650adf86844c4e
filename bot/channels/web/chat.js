/**
 * The chat of the clinic page: sends what the patient writes, listens for later messages, and says at once whom to
 * call when a message did not arrive.
 */
import { reveal, scrollToEnd, show, showOwn, showReplies, words } from "./transcript.js";

const LIMIT = 2000;
const REPLY_MS = 8000;
const POLL_MS = 10000;
const BACK_OFF_MS = [1000, 2000, 4000, 8000, 15000, 30000, 30000, 30000];
/** The message itself is refused: sending it again cannot help. */
const REFUSED = [400, 413, 415, 422];
const OUTBOX = "aftercare.outbox";

const byId = (id) => document.getElementById(id);
const chat = byId("chat");
const log = byId("log");
const input = byId("text");

/** Messages that the server has not answered yet, oldest first: {message_id, text, title, node, tries, state}. */
const outbox = [];
/** Highest id that a poll has brought. Replies to a post do not move it: an earlier staff message may be on its way. */
let cursor = 0;
let draining = false;
let reachable = true;
let polling = 0;
let wake = () => {};

function setState(item, state, detail = "") {
  const changed = item.state !== state;
  item.state = state;
  item.node.classList.toggle("unsent", state === "retrying" || state === "failed");
  item.node.querySelector(".state").textContent = [words[state] ?? "", detail].join(" ").trim();
  item.node.querySelector(".again").hidden = state !== "failed";
  if (!changed || !item.node.classList.contains("unsent")) return;
  byId("safe").hidden = false;
  reveal(item.node);
}

function setTyping(on) {
  byId("typing").replaceChildren(...(on ? [byId("typing-words").content.cloneNode(true)] : []));
}

// Sending

async function request(path, options = {}) {
  const response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(REPLY_MS), ...options });
  const body = await response.json().catch(() => ({}));
  if (response.ok && Array.isArray(body.messages)) return body.messages;
  throw Object.assign(new Error(body.error), { refused: REFUSED.includes(response.status), words: body.message });
}

function post({ message_id, text }) {
  return request("/chat/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ message_id, text }),
  });
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    wake = resolve;
    setTimeout(resolve, milliseconds);
  });
}

/** Messages on their way outlive a reload of the page, where the browser allows it. */
function keep() {
  const waiting = outbox.map(({ message_id, text, title }) => ({ message_id, text, title }));
  try {
    sessionStorage.setItem(OUTBOX, JSON.stringify(waiting));
  } catch {
    // They are still on the page.
  }
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(OUTBOX)) ?? [];
  } catch {
    return [];
  }
}

function delivered(item, messages) {
  outbox.shift();
  keep();
  setState(item, "sent");
  if (outbox.length === 0) byId("safe").hidden = true;
  showReplies(item.node, messages);
  // Without a reply (a person has taken over) the poll tells where the message stands.
  if (messages.length === 0) poll();
}

/** Sends what waits, one after the other, each until the server has answered it or the tries are used up. */
async function drain() {
  if (draining) return;
  draining = true;
  while (outbox.length) {
    const item = outbox[0];
    if (item.state !== "retrying") setState(item, "sending");
    setTyping(item.tries === 0);
    try {
      delivered(item, await post(item));
    } catch (error) {
      setTyping(false);
      if (error.refused) {
        outbox.shift();
        keep();
        setState(item, "failed", error.words);
      } else if (item.tries < BACK_OFF_MS.length) {
        setState(item, "retrying");
        await pause(BACK_OFF_MS[item.tries++]);
      } else {
        outbox.forEach((waiting) => setState(waiting, "failed"));
        break;
      }
    }
  }
  setTyping(false);
  draining = false;
}

function restart() {
  for (const item of outbox) {
    item.tries = 0;
    setState(item, item.state === "failed" ? "sending" : item.state);
  }
  wake();
  drain();
}

function enqueue({ message_id, text, title }) {
  const node = showOwn(text, title);
  const item = { message_id, text, title, node, tries: 0, state: "sending" };
  node.querySelector(".again").addEventListener("click", () => {
    if (!outbox.includes(item)) outbox.push(item);
    keep();
    restart();
    settleFocus();
  });
  chat.classList.add("started");
  outbox.push(item);
  keep();
  // However long the answer takes and whatever it waits for, the patient hears by now whom to call.
  setTimeout(() => outbox.includes(item) && setState(item, "retrying"), REPLY_MS);
}

function submit(text, title = text) {
  chat.scrollIntoView({ block: "nearest" });
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const message_id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  enqueue({ message_id, text, title });
  restart();
  settleFocus();
}

/** A mouse or keyboard user goes on typing; on a touch screen the keyboard would cover the reply. */
function settleFocus() {
  const target = matchMedia("(pointer: fine)").matches || document.activeElement === input ? input : log;
  target.focus({ preventScroll: true });
}

// Listening

async function poll() {
  clearTimeout(polling);
  try {
    const messages = await request(`/chat/messages?after=${cursor}`);
    cursor = Math.max(cursor, ...messages.map(({ id }) => id));
    show(messages);
    if (!reachable) restart();
    reachable = true;
  } catch {
    reachable = false;
  }
  clearTimeout(polling);
  if (!document.hidden) polling = setTimeout(poll, POLL_MS);
}

function checkLength() {
  const over = [...input.value.trim()].length - LIMIT;
  input.setAttribute("aria-invalid", String(over > 0));
  byId("limit").classList.toggle("over", over > 0);
  const sentence = over > 0 ? words.tooLong : over > -200 ? words.left : "";
  byId("limit").textContent = sentence.replace("{count}", Math.abs(over).toLocaleString("en-US"));
  return over <= 0;
}

async function start() {
  chat.hidden = false;
  byId("fallback").hidden = true;
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text || !checkLength()) return input.focus();
    input.value = "";
    checkLength();
    submit(text);
  });
  input.addEventListener("input", checkLength);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId("composer").requestSubmit();
  });
  log.addEventListener("click", ({ target }) => {
    if (target.matches(".replies button")) submit(target.dataset.payload ?? target.textContent, target.textContent);
  });
  addEventListener("online", restart);
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(polling) : poll()));

  await poll();
  scrollToEnd();
  for (const message of kept()) enqueue(message);
  drain();
}

start();
