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

// A code that is longer than most is written smaller, so that all of it is seen while it is typed.
// Without this script the field scrolls.
(function () {
  "use strict";
  var field = document.querySelector("input.code");
  if (!field) return;
  function fit() {
    field.classList.toggle("long", field.value.replace(/[^A-Za-z]/g, "").length > 8);
  }
  field.addEventListener("input", fit);
  fit();
})();

// A password can be looked at while it is typed, and is hidden again before it is sent.
// Without this script there is nothing to tick.
(function () {
  "use strict";
  Array.prototype.forEach.call(document.querySelectorAll("[data-shows]"), function (box) {
    var field = document.getElementById(box.dataset.shows);
    box.checked = false;
    box.parentNode.hidden = false;
    box.addEventListener("change", function () {
      field.type = box.checked ? "text" : "password";
    });
    field.form.addEventListener("submit", function () {
      field.type = "password";
    });
  });
})();

// An answer that travels in a form goes on by itself.
// Without this script there is a button.
(function () {
  "use strict";
  var form = document.querySelector("form[data-sends]");
  if (form) form.submit();
})();

// The page that waits for a device looks every few seconds whether one has answered, and shows it as soon as one has.
// Without this script the browser loads the page anew, or the person does.
(function () {
  "use strict";
  var waits = document.querySelector("[data-waits]");
  if (!waits) return;
  var timer = setInterval(function () {
    fetch(waits.dataset.waits, { credentials: "same-origin", cache: "no-store" })
      .then(function (answer) { return answer.text(); })
      .then(function (page) {
        if (page.indexOf("data-waits") >= 0) return;
        clearInterval(timer);
        location.reload();
      })
      .catch(function () {});
  }, 3000);
})();
