/* Between the map page and the dashboard: data come by key, the view stays, clicks go back. */
(function () {
  "use strict";

  const params = new URLSearchParams(window.location.search);
  const kept = {};
  const views = {};
  let map = null;
  let current = {};
  let count = 0;
  let channel = null;
  let moving = false;

  function send(type, fields) {
    const message = Object.assign({ isStreamlitMessage: true, type: "streamlit:" + type }, fields);
    window.parent.postMessage(message, "*");
  }

  function pick(event) {
    count += 1;
    const value = Object.assign({ n: Date.now() + ":" + count }, event);
    send("setComponentValue", { value: value, dataType: "json" });
  }

  function data(key) {
    if (!kept[key]) {
      kept[key] = fetch("data/" + key + ".json").then(function (answer) {
        if (!answer.ok) {
          throw new Error("data " + answer.status);
        }
        return answer.json();
      });
    }
    return kept[key];
  }

  /** Keep the view under its key at once: the page may go at any moment. */
  function remember(centre, zoom) {
    const view = [centre.lat, centre.lng, zoom];
    if (!current.view_key || !view.every(Number.isFinite)) {
      return;
    }
    views[current.view_key] = view;
    try {
      window.sessionStorage.setItem("view:" + current.view_key, JSON.stringify(view));
    } catch (error) {
      /* Storage may be switched off; the view then lives as long as this page. */
    }
    if (channel && !moving) {
      channel.postMessage(view);
    }
  }

  function rememberNow() {
    if (map) {
      remember(station_map_page.getCenter(), station_map_page.getZoom());
    }
  }

  function viewOf(key) {
    let view = views[key] || null;
    try {
      view = view || JSON.parse(window.sessionStorage.getItem("view:" + key));
    } catch (error) {
      view = null;
    }
    return Array.isArray(view) && view.length === 3 && view.every(Number.isFinite) ? view : null;
  }

  /** Show what was seen last under the key; the whole city only where nothing was. Never
      animated: Leaflet drops a view that is set while another zoom is still on its way. */
  function restore() {
    const view = viewOf(current.view_key);
    if (view) {
      station_map_page.setView([view[0], view[1]], view[2], { animate: false });
    } else {
      map.fit();
    }
  }

  /** Layers that were switched off stay off, from visit to visit. */
  function rememberLayers() {
    const name = "layers:" + current.view_key;
    let off = [];
    try {
      off = JSON.parse(window.localStorage.getItem(name)) || [];
    } catch (error) {
      off = [];
    }
    map.hide(off);
    station_map_page.on("overlayadd overlayremove", function () {
      try {
        window.localStorage.setItem(name, JSON.stringify(map.hiddenLayers()));
      } catch (error) {
        /* Storage may be switched off; the layers then start anew. */
      }
    });
  }

  function together(group) {
    if (!group || channel || !window.BroadcastChannel) {
      return;
    }
    channel = new BroadcastChannel("station-maps-" + group);
    channel.onmessage = function (event) {
      moving = true;
      station_map_page.setView([event.data[0], event.data[1]], event.data[2], { animate: false });
      moving = false;
    };
  }

  function create(base, args) {
    map = new StationMap(station_map_page, Object.assign({ silent: args.silent, hidden: args.hidden, candidates: args.candidates }, base));
    map.onPick(pick);
    restore();
    rememberNow();
    rememberLayers();
    station_map_page.on("moveend zoomend", rememberNow);
    station_map_page.on("zoomanim", function (event) {
      remember(event.center, event.zoom);
    });
    window.addEventListener("pagehide", rememberNow);
    together(args.group);
  }

  function fail(error) {
    const box = document.createElement("p");
    box.className = "sm-missing";
    box.setAttribute("role", "alert");
    box.textContent = current.failed + " (" + error.message + ")";
    document.body.textContent = "";
    document.body.appendChild(box);
  }

  function render(args) {
    current = args;
    document.documentElement.lang = args.lang_tag;
    document.title = args.title;
    document.querySelector(".folium-map").setAttribute("aria-label", args.title);
    document.body.style.height = args.height + "px";
    send("setFrameHeight", { height: args.height });
    Promise.all([data(args.base), data(args.plan)])
      .then(function (both) {
        if (args !== current) {
          return;
        }
        station_map_page.invalidateSize();
        if (!map || map.baseKey !== args.base) {
          if (map) {
            window.location.reload();
            return;
          }
          create(both[0], args);
          map.baseKey = args.base;
        }
        if (map.planKey !== args.plan) {
          map.setPlan(both[1]);
          map.planKey = args.plan;
        }
        StationTiles.show(station_map_page, args.tiles);
        map.mark(args.marks || []);
        map.draw(args.drawing);
        map.focus(args.focus);
        document.body.dataset.drawn = args.plan;
      })
      .catch(fail);
  }

  /** Undo and redo by keyboard also while the map has the focus; the page takes them as picks. */
  document.addEventListener("keydown", function (event) {
    const key = event.key.toLowerCase();
    if (!current.steps || !(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y")) {
      return;
    }
    event.preventDefault();
    pick({ kind: key === "y" || event.shiftKey ? "redo" : "undo", id: "", lon: 0, lat: 0 });
  });

  window.addEventListener("message", function (event) {
    if (event.data && event.data.type === "streamlit:render") {
      render(event.data.args);
    }
  });
  document.body.dataset.embedded = params.get("streamlitUrl") ? "yes" : "no";
  send("componentReady", { apiVersion: 1 });
})();
