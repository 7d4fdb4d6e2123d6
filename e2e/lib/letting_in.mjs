// The steps of a person who lets a device in: by a window, or by a code that the device shows.

import { type } from "./walk.mjs";

/** Opens a window on the account page; gives back its code. */
export async function openWindow(owner, server) {
  await owner.page.goto(`${server.origin}/account/devices/pair`);
  await owner.page.getByRole("button", { name: /^Open (a|another) window$/ }).click();
  await owner.page.locator(".pairing-code").waitFor();
  return owner.page.locator(".pairing-code").innerText();
}

/** Types the digits of the device, and says yes. */
export async function confirm(owner, digits) {
  await owner.page.getByRole("heading", { name: "Is this device yours?" }).waitFor();
  await owner.page.locator("#digits").fill(digits);
  await say(owner, true);
}

/** Types the code that a device shows, and looks who asks. */
export async function typeUserCode(owner, { verification_uri: page, user_code: code }) {
  await owner.page.goto(page);
  await owner.page.locator("#user_code").fill(code);
  await owner.page.getByRole("button", { name: "Look who asks" }).click();
  await owner.page.waitForURL(/\/device\/asked$/);
}

/** Says yes or no to a device. */
export async function say(owner, yes) {
  await owner.page.getByRole("button", { name: yes ? "Yes, let it in" : "No, that is not mine" }).click();
  await owner.page.getByRole("heading", { name: yes ? "The device is let in" : "The device was turned away" }).waitFor();
}

/** Proves once more who is there, by a code that is mailed, and comes back. */
export async function prove({ page, box }, back) {
  await page.getByRole("link", { name: "Prove that it is you" }).click();
  await page.waitForURL(/\/account\/confirm/);
  await page.getByRole("button", { name: /Send/ }).click();
  await page.locator("input[name=code]").waitFor();
  await type(page, (await box.next()).code);
  await page.waitForURL(back);
}
