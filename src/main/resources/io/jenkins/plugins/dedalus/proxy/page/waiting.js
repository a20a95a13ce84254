(() => {
  const $ = (id) => document.getElementById(id);
  const began = Date.now() - Number(document.body.dataset.age);
  const opened = Date.now();
  $("since").textContent = new Date(began).toLocaleTimeString();
  const tick = () => {
    const s = Math.max(0, Math.round((Date.now() - began) / 1000));
    $("age").textContent = s < 60 ? s + " s" : Math.floor(s / 60) + " min " + (s % 60) + " s";
    $("slow").hidden = s < 30;
  };
  tick();
  setInterval(tick, 1000);
  let pause = 500;
  const poll = async () => {
    try {
      const answer = await fetch("/.dedalus/status", { cache: "no-store", headers: { Accept: "application/json" } });
      // A sign-in that ended, or a preview that closed meanwhile: the page itself knows what to show.
      const state = answer.ok ? (await answer.json()).state : "gone";
      $("lost").hidden = true;
      pause = document.hidden ? 2000 : 500;
      if (state !== "waking" && Date.now() - opened > 1500) {
        return location.reload();
      }
    } catch (e) {
      $("lost").hidden = false;
      pause = Math.min(pause * 2, 8000);
    }
    setTimeout(poll, pause);
  };
  setTimeout(poll, pause);
})();
