// Every form is sent once: the second click of a double click must not take the answer of the first.
// Without this script the second answer says what came of the first.
(function () {
  "use strict";
  function again(form) {
    delete form.dataset.sent;
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    // Nothing came back, or the person stopped it: it may be sent once more.
    setTimeout(again, 10000, form);
  });
  // A page that comes back from the history is as good as new.
  addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.forms, again);
  });
})();

// The waiting page: says, in words that the server wrote, how much time a code has left.
// Without this script the page shows the time left when it was loaded, and when the code ends.
(function () {
  "use strict";
  var left = document.getElementById("time-left");
  if (!left) return;
  var words = left.dataset.words.split("|");
  var end = Date.now() + Number(left.dataset.seconds) * 1000;
  function show() {
    // By the clock and not by counting, so that a page that slept tells the time again.
    var seconds = Math.ceil((end - Date.now()) / 1000);
    var minutes = seconds < 60 ? 0 : Math.floor((seconds + 30) / 60);
    var text = seconds <= 0 ? left.dataset.over : words[Math.min(minutes, words.length - 1)];
    if (left.textContent !== text) left.textContent = text;
    if (seconds <= 0) clearInterval(timer);
  }
  var timer = setInterval(show, 5000);
})();

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
