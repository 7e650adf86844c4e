/** The conversation on paper and in the clipboard. */
import { make } from "./dom.js";

export function asText(lines) {
  return lines.map(({ who, when, text }) => [`${who}, ${when}`, ...text].join("\n")).join("\n\n");
}

/** Prints the lines alone, from a frame of their own: the page around the chat stays out. */
export function print(title, lines) {
  const frame = make("iframe", { "aria-hidden": "true", tabindex: "-1", title });
  Object.assign(frame.style, { position: "fixed", width: "1px", height: "1px", border: "0", opacity: "0" });
  document.body.append(frame);
  const { contentDocument: page, contentWindow } = frame;
  page.title = title;
  const body = lines.map(({ who, when, text }) => [
    make("p", {}, make("b", {}, who), ` ${when}`),
    ...text.map((line) => make("p", { dir: "auto" }, line)),
    make("hr"),
  ]);
  page.body.append(make("h1", {}, title), ...body.flat());
  page.body.style.fontFamily = "sans-serif";
  contentWindow.addEventListener("afterprint", () => setTimeout(() => frame.remove()));
  contentWindow.print();
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
