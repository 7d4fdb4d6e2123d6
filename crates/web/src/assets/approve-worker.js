// The worker behind the approver's page: it rings, and says so where there is no connection. Its words and the version of what it
// keeps stand above, in SAID. It keeps one page that says nothing about anybody, and what that page looks like; nothing else.
(function () {
  "use strict";
  var KEPT = "offline-";
  function isKept(url) {
    return SAID.kept.indexOf(url.pathname + url.search) >= 0;
  }
  addEventListener("install", function (event) {
    event.waitUntil(caches.open(KEPT + SAID.version).then(function (cache) {
      return cache.addAll(SAID.kept);
    }).then(skipWaiting.bind(self)));
  });
  addEventListener("activate", function (event) {
    event.waitUntil(caches.keys().then(function (names) {
      return Promise.all(names.filter(function (name) {
        return name.indexOf(KEPT) === 0 && name !== KEPT + SAID.version;
      }).map(caches.delete.bind(caches)));
    }).then(clients.claim.bind(clients)));
  });
  // The network first, always: what waits must never be what waited.
  addEventListener("fetch", function (event) {
    var request = event.request, url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== location.origin) return;
    if (request.mode === "navigate") {
      event.respondWith(fetch(request).catch(function () { return caches.match(SAID.offline); }));
    } else if (isKept(url)) {
      event.respondWith(fetch(request).catch(function () { return caches.match(request); }));
    }
  });
  // A ring has no content, and there is nothing to press on it: one at a time, each in the place of the one before.
  addEventListener("push", function (event) {
    event.waitUntil(registration.showNotification(SAID.title, {
      body: SAID.body, tag: "waiting", renotify: true, icon: SAID.icon, lang: SAID.language
    }));
  });
  addEventListener("notificationclick", function (event) {
    event.notification.close();
    event.waitUntil(clients.matchAll({ type: "window", includeUncontrolled: true }).then(function (all) {
      var open = all.filter(function (one) { return new URL(one.url).pathname === SAID.page; })[0];
      return open ? open.focus() : clients.openWindow(SAID.page);
    }));
  });
  // The browser is reached otherwise from now on: its page is asked for a form, as a person would, and the form is sent.
  addEventListener("pushsubscriptionchange", function (event) {
    event.waitUntil(fetch(SAID.doorbell, { credentials: "same-origin" }).then(function (answer) {
      return answer.text();
    }).then(function (page) {
      var csrf = /name="csrf" value="([^"]+)"/.exec(page), key = /data-key="([^"]+)"/.exec(page);
      if (!csrf || !key) return undefined;
      var made = event.newSubscription ? Promise.resolve(event.newSubscription) : registration.pushManager.subscribe({
        userVisibleOnly: true, applicationServerKey: key[1]
      });
      return made.then(function (subscription) {
        return fetch(SAID.doorbell, {
          method: "POST", credentials: "same-origin", redirect: "manual",
          body: new URLSearchParams({ csrf: csrf[1], subscription: JSON.stringify(subscription) })
        });
      });
    }));
  });
})();
