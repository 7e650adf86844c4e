/** Making elements. Text is only ever set as text: nothing in the widget parses HTML. */

const PATHS = {
  chat: "M4 3h16a3 3 0 0 1 3 3v9a3 3 0 0 1-3 3h-8.6L6 22v-4H4a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3Zm3 5v2h10V8H7Zm0 4v2h7v-2H7Z",
  phone:
    "M6.6 2.5 9.4 2c.7-.1 1.4.3 1.6 1l1.2 3.4c.2.6 0 1.2-.4 1.6L9.9 9.7a12 12 0 0 0 4.4 4.4l1.7-1.9c.4-.4 1-.6 1.6-.4L21 13c.7.2 1.1.9 1 1.6l-.5 2.8c-.3 2-2 3.5-4 3.4C9.9 20.4 3.6 14.1 3.2 6.5c-.1-2 1.4-3.7 3.4-4Z",
  alert:
    "M12 1.8a2 2 0 0 1 1.7 1l9.3 16.2a2 2 0 0 1-1.7 3H2.7a2 2 0 0 1-1.7-3L10.3 2.8a2 2 0 0 1 1.7-1Zm-1.3 6.7.4 6.5h1.8l.4-6.5h-2.6ZM12 16.6a1.4 1.4 0 1 0 0 2.8 1.4 1.4 0 0 0 0-2.8Z",
  close: "m12 10.2 6-6 1.8 1.8-6 6 6 6-1.8 1.8-6-6-6 6L4.2 18l6-6-6-6L6 4.2l6 6Z",
  more: "M12 4a2 2 0 1 1 0 4 2 2 0 0 1 0-4Zm0 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4Zm0 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z",
  seen: "m9 16.6 11-11 1.8 1.8L9 20.2l-6.8-6.8L4 11.6l5 5Z",
  listed: "M4 3h16v18H4V3Zm3 4v2h10V7H7Zm0 4v2h10v-2H7Zm0 4v2h6v-2H7Z",
};

let onFault = () => {};

/** Errors of the widget's own code end in one place, which tells the patient whom to call. */
export function reportFaults(report) {
  onFault = report;
}

export function guarded(act) {
  return (...given) => {
    try {
      const result = act(...given);
      result?.catch?.(onFault);
      return result;
    } catch (error) {
      onFault(error);
    }
  };
}

/** ``on…`` are event handlers, true and false set or leave out an attribute, the rest are attributes. */
export function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), guarded(value));
    else if (typeof value === "boolean") node.toggleAttribute(key, value);
    else node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function button(attributes, ...children) {
  return make("button", { type: "button", ...attributes }, ...children);
}
