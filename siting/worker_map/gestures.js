/* Fingers, mouse, wheel and keys on the map. */

function listenPointers(canvas, map) {
  const fingers = new Map();
  let moved = 0;
  let spread = 0;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const distance = () => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    if (fingers.size === 1) moved = 0;
    if (fingers.size === 2) spread = distance();
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    fingers.set(event.pointerId, now);
    moved += Math.hypot(now.x - before.x, now.y - before.y);
    map.view.x -= (now.x - before.x) / map.view.scale / fingers.size;
    map.view.y += (now.y - before.y) / map.view.scale / fingers.size;
    if (fingers.size === 2) {
      const [a, b] = [...fingers.values()];
      const wide = distance();
      if (spread > 0) map.zoom(wide / spread, (a.x + b.x) / 2, (a.y + b.y) / 2);
      spread = wide;
    }
    map.refresh();
  });
  const lift = (event, tapped) => {
    const finger = fingers.get(event.pointerId);
    if (tapped && finger && fingers.size === 1 && moved < 10) map.tap(finger.x, finger.y);
    fingers.delete(event.pointerId);
    if (fingers.size > 0) moved = 100;
  };
  canvas.addEventListener("pointerup", (event) => lift(event, true));
  canvas.addEventListener("pointercancel", (event) => lift(event, false));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const point = at(event);
    map.zoom(Math.exp(-event.deltaY / 400), point.x, point.y);
  }, { passive: false });
}

function listenKeys(canvas, map) {
  const step = 60;
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { width, height } = map.size();
    if (moves[event.key]) {
      map.view.x += (moves[event.key][0] * step) / map.view.scale;
      map.view.y += (moves[event.key][1] * step) / map.view.scale;
      map.refresh();
    } else if (event.key === "+" || event.key === "=") {
      map.zoom(1.5, width / 2, height / 2);
    } else if (event.key === "-") {
      map.zoom(1 / 1.5, width / 2, height / 2);
    } else if (event.key === "Enter" || event.key === " ") {
      map.tap(width / 2, height / 2);
    } else {
      return;
    }
    event.preventDefault();
  });
  canvas.addEventListener("focus", map.refresh);
  canvas.addEventListener("blur", map.refresh);
}
