// What every page must satisfy, whatever it says: axe, width, landmarks, weight, own host only.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = path.resolve(import.meta.dirname, "../shots");

/** E2E_LOOKS: `all` with a screenshot of each, `checked` without, `one` where another run has checked all of them. */
const LOOKS = process.env.E2E_LOOKS ?? "all";

export const WIDTHS = LOOKS === "one" ? [390] : [320, 390, 1280];
export const SCHEMES = LOOKS === "one" ? ["light"] : ["light", "dark"];
/** Bytes a page may weigh in all, uncompressed. */
export const WEIGHT = 50_000;

/** Every rule of axe, best practices included; a violation fails with the element and the advice. */
export async function axe(page, name) {
  // Through the debugging protocol, so that the page's own Content-Security-Policy stays in force.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const told = violations.map((one) => `${one.id} (${one.impact}): ${one.help}\n${one.nodes.map((node) => `    ${node.target.join(" ")}: ${node.failureSummary.replaceAll(/\s+/g, " ")}`).join("\n")}`);
  assert.equal(violations.length, 0, `axe on ${name}:\n${told.join("\n")}`);
}

/** One heading of the first rank, the landmarks, a language, a title, no sideways scrolling. */
export async function structure(page, name) {
  const found = await page.evaluate(() => ({
    h1: document.querySelectorAll("h1").length,
    main: document.querySelectorAll("main").length,
    header: document.querySelectorAll("body > header").length,
    language: document.documentElement.lang,
    title: document.title,
    wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    unlabelled: [...document.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((field) => field.labels.length === 0).length,
    formsWithout: [...document.querySelectorAll("form[method=post i]")].filter((form) => !form.querySelector("input[type=hidden][name=csrf]")).length,
    brackets: document.body.innerText.match(/\[[a-z]+(?:-[a-z]+)+\]/)?.[0] ?? null,
  }));
  assert.equal(found.h1, 1, `${name}: exactly one h1`);
  assert.equal(found.main, 1, `${name}: exactly one main`);
  assert.ok(found.header >= 1, `${name}: a banner`);
  assert.ok(found.language, `${name}: a language`);
  assert.ok(found.title.length > 0, `${name}: a title`);
  assert.ok(found.wider <= 0, `${name}: ${found.wider} px wider than the window`);
  assert.equal(found.unlabelled, 0, `${name}: every field has a label`);
  assert.equal(found.formsWithout, 0, `${name}: every form carries its csrf field`);
  assert.equal(found.brackets, null, `${name}: a text that does not exist`);
}

/** Checks the page as it stands at every width and in both schemes. */
export async function everyLook(page, name) {
  if (LOOKS === "all") mkdirSync(SHOTS, { recursive: true });
  // First of all: taking a screenshot leaves styles behind.
  assert.equal(await page.locator("[style], style, script:not([src])").count(), 0, `${name}: no inline style or script`);
  for (const colorScheme of SCHEMES) {
    // Without motion, so that no colour is caught half-way to the other scheme.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const width of WIDTHS) {
      const look = `${name}-${width}-${colorScheme}`;
      await page.setViewportSize({ width, height: 900 });
      await structure(page, look);
      await axe(page, look);
      if (LOOKS === "all") await page.screenshot({ path: path.join(SHOTS, `${look}.png`), fullPage: true });
    }
  }
}

/** Loads a page by GET without a cache and adds up what arrives, the page's own requests included. */
export async function weigh(page, url, name) {
  const sizes = [];
  const onResponse = (response) => {
    sizes.push((async () => ({
      url: response.url(),
      kind: response.request().resourceType(),
      bytes: (await response.body().catch(() => Buffer.alloc(0))).length + JSON.stringify(await response.allHeaders()).length,
    }))());
  };
  page.on("response", onResponse);
  await page.goto(url, { waitUntil: "networkidle" });
  page.off("response", onResponse);
  // What a worker hands on that has just taken the page over is told twice: once of the page, once of the worker.
  const all = [...new Map((await Promise.all(sizes)).map((one) => [one.url, one])).values()];
  const total = all.reduce((sum, one) => sum + one.bytes, 0);
  assert.ok(total > 0 && total < WEIGHT, `${name} weighs ${total} bytes:\n${all.map((one) => `${one.bytes} ${one.url}`).join("\n")}`);
  assert.ok(all.filter((one) => one.kind === "stylesheet").length <= 1, `${name}: one request for style`);
  return total;
}

/** Walks with the Tab key until `target` has the focus; every stop on the way must be visible as such. */
export async function tabTo(page, target, limit = 40) {
  for (let stop = 0; stop < limit; stop += 1) {
    const here = await target.evaluate((element) => element === document.activeElement);
    if (here) {
      const shown = await target.evaluate((element) => {
        const style = getComputedStyle(element);
        return (style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
      });
      assert.ok(shown, "the focus can be seen");
      return stop;
    }
    await page.keyboard.press("Tab");
  }
  assert.fail(`not reached with ${limit} Tabs: ${await target.evaluate((element) => element.outerHTML)}`);
}
