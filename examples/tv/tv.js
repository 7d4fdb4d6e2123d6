// What a person sees and presses. The words stand in index.html, the protocol in device.js.

import { Device, LENGTH, LETTERS, areFresh, newKeys } from "./device.js";
import { forget, inTurn, keep, read } from "./kept.js";

const main = document.querySelector("main");
const settings = await (await fetch("settings.json")).json();

/** Shows one of the pages, and gives the focus to where a remote control begins. */
function show(name, first) {
  main.replaceChildren(document.getElementById(name).content.cloneNode(true));
  const title = main.querySelector("h1").textContent;
  document.title = title ? `${title} – Linden Screen` : "Linden Screen";
  if (first) main.querySelector(first).focus();
  return (selector) => main.querySelector(selector);
}

const text = (name) => {
  const { content } = document.getElementById("texts");
  return content.querySelector(`[data-for="${name}"]`) ?? content.querySelector('[data-for="other"]');
};

async function device() {
  let keys = await read("keys");
  if (!keys) {
    keys = await newKeys();
    await keep("keys", keys);
  }
  return new Device(settings, keys);
}

function askForCode() {
  const find = show("code");
  const [typed, said, form] = [find("#typed"), find(".said"), find("form")];
  // A long address is broken after a slash.
  const parts = `${settings.issuer.replace(/^https:\/\//, "")}/account/devices/pair`.split(/(?<=\w\/)/);
  find(".page").append(...parts.flatMap((part) => [part, document.createElement("wbr")]));
  const put = (letters) => { typed.value = letters.match(/.{1,4}/g)?.join("-") ?? ""; };
  const letters = () => typed.value.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
  const add = (letter) => {
    if (letters().length < LENGTH) put(letters() + letter);
    if (letters().length === LENGTH) find(".go").focus();
  };
  const remove = () => put(letters().slice(0, -1));
  for (const letter of LETTERS) {
    const key = document.createElement("button");
    Object.assign(key, { type: "button", textContent: letter });
    key.addEventListener("click", () => add(letter));
    find(".keys").append(key);
  }
  find(".keys button").focus();
  find(".delete").addEventListener("click", remove);
  // A keyboard that happens to be there works wherever the focus is.
  form.addEventListener("keydown", (event) => {
    if (event.target === typed || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key.length === 1 && LETTERS.includes(event.key.toUpperCase())) add(event.key.toUpperCase());
    else if (["Backspace", "GoBack", "BrowserBack"].includes(event.key)) remove();
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const code = Device.read(typed.value);
    said.textContent = code ? "" : text("short").textContent;
    if (!code || find(".go").disabled) return;
    find(".go").disabled = true;
    try {
      const tv = await device();
      await showDigits(tv, await tv.pair(code));
    } catch (error) {
      const told = { invalid_grant: "unknown_code", invalid_request: "short", slow_down: "slow_down" }[error.code];
      if (!told) return over(error);
      said.textContent = text(told).textContent;
      put("");
      find(".go").disabled = false;
      find(".keys button").focus();
    }
  });
}

async function showDigits(tv, waiting) {
  const find = show("digits", ".stop");
  find(".digits").textContent = waiting.digits;
  find("time").textContent = new Date(waiting.until).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const stopping = new AbortController();
  find(".stop").addEventListener("click", () => stopping.abort());
  try {
    const tokens = await tv.wait(waiting, stopping.signal);
    await keep("tokens", tokens);
    await showWho(tv);
  } catch (error) {
    over(error);
  }
}

/** The tokens that are kept, and new ones where they are old; or where `anew` says so. */
const fresh = (tv, anew = false) => inTurn(async () => {
  const tokens = await read("tokens");
  if (!tokens || (areFresh(tokens) && !anew)) return tokens;
  const next = await tv.refresh(tokens);
  await keep("tokens", next);
  return next;
});

async function showWho(tv, anew = false) {
  let tokens;
  let who;
  try {
    tokens = await fresh(tv, anew);
    if (!tokens) return askForCode();
    who = await tv.who(tokens);
  } catch (error) {
    return over(["invalid_grant", "invalid_token"].includes(error.code) ? await ended() : error);
  }
  const find = show("in", ".again");
  const may = tokens.scope?.split(" ") ?? [];
  find(".who").textContent = who.email ?? who.sub;
  find(".little").hidden = settings.scope.split(" ").every((scope) => scope === "offline_access" || may.includes(scope));
  find(".said").textContent = anew ? text("looked").textContent : "";
  find(".again").addEventListener("click", () => showWho(tv, true));
  find(".out").addEventListener("click", async () => {
    try {
      await tv.signOut(await read("tokens"));
      await forget("tokens");
      askForCode();
    } catch (error) {
      over(error);
    }
  });
}

/** The tokens are good for nothing any more. */
async function ended() {
  await forget("tokens");
  return { code: "ended" };
}

function over(error) {
  const told = text(error.code ?? "other");
  const find = show("over", ".anew");
  find(".what").textContent = told.title || text("other").title;
  find(".means").textContent = told.textContent;
  document.title = `${find(".what").textContent} – Linden Screen`;
  find(".anew").addEventListener("click", begin);
}

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The arrows of a remote control go to the nearest button in their direction. */
document.addEventListener("keydown", (event) => {
  const [right, down] = DIRECTIONS[event.key] ?? [0, 0];
  const from = document.activeElement;
  // Within the field, left and right are for its letters.
  if ((right === 0 && down === 0) || (right !== 0 && from?.tagName === "INPUT")) return;
  const middle = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const [x, y] = middle(from ?? main);
  let nearest;
  for (const element of main.querySelectorAll("button:not(:disabled), input")) {
    const [dx, dy] = middle(element).map((at, axis) => at - [x, y][axis]);
    const along = dx * right + dy * down;
    const across = Math.abs(dx * down) + Math.abs(dy * right);
    const far = along + 3 * across;
    if (element !== from && along > 1 && (!nearest || far < nearest.far)) nearest = { element, far };
  }
  nearest?.element.focus();
  event.preventDefault();
});

async function begin() {
  const tv = await device();
  await showWho(tv);
}

await begin();
