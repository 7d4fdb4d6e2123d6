// The approver's pages: have their worker installed, and switch the doorbell of this browser on and off. What can be said stands on
// the page, hidden. Without this script the pages show what waits whenever somebody opens them.
(function () {
  "use strict";
  if (!navigator.serviceWorker) return;
  var installed = navigator.serviceWorker.register("/approve/worker.js", { scope: "/approve" });
  installed.catch(function () { /* The page works without. */ });
  var form = document.getElementById("doorbell");
  if (!form || !window.PushManager || !window.Notification) return;
  var about = form.dataset, unable = document.getElementById("doorbell-unable");

  function say(what) {
    document.querySelectorAll("[data-said]").forEach(function (line) { line.hidden = line.dataset.said !== what; });
  }
  function ready() {
    return installed.then(function () { return navigator.serviceWorker.ready; });
  }
  function subscribe(worker) {
    var wish = { userVisibleOnly: true, applicationServerKey: about.key };
    return worker.pushManager.subscribe(wish).catch(function (error) {
      // It is subscribed with a key that this site had before.
      if (error.name !== "InvalidStateError") throw error;
      return worker.pushManager.getSubscription().then(function (old) {
        return old.unsubscribe();
      }).then(function () { return worker.pushManager.subscribe(wish); });
    });
  }
  function switchOn() {
    Notification.requestPermission().then(function (permission) {
      if (permission !== "granted") return say("denied");
      return ready().then(subscribe).then(function (subscription) {
        form.elements.subscription.value = JSON.stringify(subscription);
        form.submit();
      });
    }).catch(function () { say("failed"); });
  }
  function switchOff() {
    // The server forgets it in any case; that the browser does as well is for the browser's sake.
    ready().then(function (worker) { return worker.pushManager.getSubscription(); }).then(function (old) {
      return old && old.unsubscribe();
    }).catch(function () { /* It is gone on the server. */ }).then(function () { form.submit(); });
  }

  form.hidden = false;
  if (unable) unable.hidden = true;
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    event.stopPropagation();
    say("");
    if (about.deed === "on") switchOn();
    else switchOff();
  });
  if (about.deed === "off") {
    ready().then(function (worker) { return worker.pushManager.getSubscription(); }).then(function (there) {
      if (!there) say("lost");
    });
  }
})();
