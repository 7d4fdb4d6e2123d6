// Chromium's virtual authenticator: a device with passkeys beside a browser.

/** A device that keeps passkeys, unlocked, beside the browser of `who`. */
export async function device(who, options = {}) {
  const cdp = await who.context.newCDPSession(who.page);
  await cdp.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true, ...options,
    },
  });
  const send = (what, more = {}) => cdp.send(`WebAuthn.${what}`, { authenticatorId, ...more });
  return {
    send,
    all: async () => (await send("getCredentials")).credentials,
    // The virtual authenticator answers what waits in the field at once; a person picks it from the list.
    answers: (enabled) => send("setAutomaticPresenceSimulation", { enabled }),
  };
}
