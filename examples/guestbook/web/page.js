// The clock runs for ten seconds at a time: an open stream is traffic, and traffic keeps a preview awake.
const clock = document.getElementById('clock');
const note = document.getElementById('clock-note');

function run() {
  const stream = new EventSource('/clock');
  stream.onmessage = event => { clock.textContent = event.data; note.textContent = 'server-sent events'; };
  setTimeout(() => {
    stream.close();
    note.textContent = 'paused, so that the preview can sleep; click to go on';
    clock.addEventListener('click', run, { once: true });
  }, 10000);
}

run();
