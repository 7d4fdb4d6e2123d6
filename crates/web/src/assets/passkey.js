// Passkeys: asks the browser for one, and posts what it answers as a form. The form is hidden until this script knows
// that there is something to show; what it may say stands beside it, hidden too.
(function () {
  "use strict";
  var able = window.PublicKeyCredential && navigator.credentials;
  var offer = document.querySelector("[data-offer=passkey]");
  if (offer && able) offer.hidden = false;
  var form = document.getElementById("passkey");
  if (!form || !able) return;
  var about = form.dataset;
  var options = JSON.parse(about.options);
  var make = about.deed === "make";
  var end = Date.now() + Number(about.seconds) * 1000;
  var field = document.getElementById(about.field);
  var waiting;
  form.hidden = false;
  var unable = document.getElementById("passkey-unable");
  if (unable) unable.hidden = true;

  function bytes(text) {
    var raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(raw, function (letter) { return letter.charCodeAt(0); });
  }
  function text(buffer) {
    var raw = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function parsed() {
    var parse = make ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
    if (PublicKeyCredential[parse]) return PublicKeyCredential[parse](options);
    var own = JSON.parse(about.options);
    own.challenge = bytes(own.challenge);
    if (own.user) own.user.id = bytes(own.user.id);
    (own.excludeCredentials || own.allowCredentials || []).forEach(function (one) { one.id = bytes(one.id); });
    return own;
  }
  function written(credential) {
    // Some password managers put an object of their own in the place of the browser's, without this method.
    try { return JSON.stringify(credential.toJSON()); } catch (error) { /* by hand, then */ }
    var from = credential.response, response = { clientDataJSON: text(from.clientDataJSON) };
    if (make) {
      response.attestationObject = text(from.attestationObject);
      response.transports = from.getTransports ? from.getTransports() : [];
    } else {
      response.authenticatorData = text(from.authenticatorData);
      response.signature = text(from.signature);
      if (from.userHandle) response.userHandle = text(from.userHandle);
    }
    var id = text(credential.rawId);
    return JSON.stringify({ id: id, rawId: id, type: credential.type, response: response, clientExtensionResults: {} });
  }
  function say(what) {
    form.querySelectorAll("[data-said]").forEach(function (line) { line.hidden = line.dataset.said !== what; });
  }
  function ask(mediation) {
    // One question at a time: the button takes the place of what waits in the field.
    if (waiting) waiting.abort();
    var mine = waiting = new AbortController();
    var request = { publicKey: parsed(), signal: mine.signal };
    if (mediation) request.mediation = mediation;
    say("");
    navigator.credentials[make ? "create" : "get"](request).then(function (credential) {
      form.elements.credential.value = written(credential);
      form.submit();
    }).catch(function (error) {
      if (mine.signal.aborted || mediation) return;
      say(error.name === "InvalidStateError" ? "known" : "cancelled");
      suggest();
    });
  }
  // Passkeys among what the browser suggests in the field.
  function suggest() {
    if (!field || !PublicKeyCredential.isConditionalMediationAvailable) return;
    PublicKeyCredential.isConditionalMediationAvailable().then(function (can) {
      if (can) ask("conditional");
    });
  }
  function isOver() {
    return Date.now() >= end;
  }
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    event.stopPropagation();
    if (isOver()) location.replace(about.again);
    else ask();
  });
  document.addEventListener("visibilitychange", function () {
    if (field && !field.value && !document.hidden && isOver()) location.replace(about.again);
  });
  // A passkey that was removed here: the device that still shows it can forget it.
  if (about.unknown && PublicKeyCredential.signalUnknownCredential) {
    PublicKeyCredential.signalUnknownCredential({ rpId: options.rpId, credentialId: about.unknown })
      .catch(function () { /* It is only a hint. */ });
  }
  suggest();
})();
