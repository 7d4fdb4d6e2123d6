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
