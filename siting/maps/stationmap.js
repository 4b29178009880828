/* The planner's map: stations, people served and left out, gaps and main streets over the city's
   own streets. Everything a file may have brought in is set as text, never as HTML. */
(function (L, S, root) {
  "use strict";

  const RULES = {
    R1: { color: "#0072B2", shape: '<rect x="3" y="3" width="22" height="22" rx="2"/>' },
    R2: { color: "#C24E00", shape: '<circle cx="14" cy="14" r="12"/>' },
    R3: { color: "#00735A", shape: '<path d="M14 .8 27.2 14 14 27.2 .8 14Z"/>' },
    R4: { color: "#7A3E9D", shape: '<path d="M14 1.2 27 26H1Z"/>' },
    mobile: {
      color: "#7A3E9D",
      shape:
        '<circle cx="8" cy="24" r="3.4"/><circle cx="20" cy="24" r="3.4"/>' +
        '<rect x="1" y="5" width="26" height="16" rx="3"/>',
    },
    many: { color: "#333333", shape: '<path d="M8 2H20L27 14 20 26H8L1 14Z"/>' },
  };
  const PEOPLE = {
    walk: { fill: "#2C7FB8", line: "#1C5A86" },
    street: { fill: "#9CCBE5", line: "#1C5A86" },
    left: { fill: "rgba(255,255,255,.55)", line: "#B2182B" },
    away: { fill: "#8a8a8a", line: "#555" },
  };
  const BADGES = 40;
  const MAIN_BADGES = 8;
  const ROOMY = 900;
  const LARGEST = 27;
  const SMALLEST = 1.5;
  const TINY = 2; // a dot so small looks the same as a square, which is painted much faster
  const FAR_ZOOM = 12.4;
  const SIGNS = {
    differs: '<svg viewBox="0 0 30 30" width="30" height="30" aria-hidden="true"><circle cx="15" cy="15" r="13" fill="none" stroke="#111" stroke-width="4.5"/><circle cx="15" cy="15" r="13" fill="none" stroke="#FFD23F" stroke-width="2.5"/></svg>',
    read: '<svg viewBox="0 0 30 30" width="30" height="30" aria-hidden="true"><circle cx="15" cy="15" r="4.5" fill="#FFD23F" stroke="#111" stroke-width="1.5"/></svg>',
    asked: '<svg viewBox="0 0 30 30" width="30" height="30" aria-hidden="true"><circle cx="15" cy="15" r="11" fill="none" stroke="#000" stroke-width="2.5"/><path d="M15 0V30M0 15H30" stroke="#000" stroke-width="1.5"/></svg>',
    waits: '<svg viewBox="0 0 30 30" width="30" height="30" aria-hidden="true"><circle cx="24" cy="6" r="5.5" fill="#fff" stroke="#333" stroke-width="1.6"/><path d="M22 6H26M24 4V8" stroke="#333" stroke-width="1.6"/></svg>',
    ban: '<svg viewBox="0 0 30 30" width="30" height="30" aria-hidden="true"><circle cx="15" cy="15" r="12" fill="rgba(255,255,255,.7)" stroke="#111" stroke-width="3"/><path d="M7 7 23 23" stroke="#111" stroke-width="3"/></svg>',
    agreed: '<svg viewBox="0 0 30 30" width="30" height="30" aria-hidden="true"><circle cx="24" cy="6" r="5.5" fill="#00735A" stroke="#fff" stroke-width="1.5"/><path d="M21 6 23.4 8.4 27 4" fill="none" stroke="#fff" stroke-width="1.8"/></svg>',
    refused: '<svg viewBox="0 0 30 30" width="30" height="30" aria-hidden="true"><circle cx="15" cy="15" r="12" fill="rgba(255,255,255,.7)" stroke="#111" stroke-width="2"/><path d="M9 9 21 21M21 9 9 21" stroke="#B2182B" stroke-width="3.5"/></svg>',
    force: '<svg viewBox="0 0 30 30" width="30" height="30" aria-hidden="true"><path d="M15 1 19 11 29 11 21 18 24 28 15 22 6 28 9 18 1 11 11 11Z" fill="#FFD23F" stroke="#111" stroke-width="1.5"/></svg>',
  };
  const BASE = [
    { kind: "river", color: "#a9cde4", width: [1.2, 2.2, 4] },
    { kind: "assumed", color: "#cbc4b4", width: [0.5, 0.8, 1.2], dash: [2, 4] },
    { kind: "minor", color: "#cdc7b9", width: [0.6, 1.1, 2.4] },
    { kind: "guessed", color: "#aaa18c", width: [0.8, 1.2, 2.4], dash: [7, 3] },
    { kind: "main", color: "#a39a83", width: [1, 2.2, 4.5] },
    { kind: "rail", color: "#8d8d8d", width: [0.8, 1, 1.6], dash: [7, 4] },
    { kind: "motorway", color: "#e0b872", width: [1.2, 2.2, 5] },
  ];

  function text(labels, key, facts) {
    let out = labels[key] === undefined ? key : labels[key];
    for (const name in facts || {}) {
      out = out.split("{" + name + "}").join(String(facts[name]));
    }
    return out;
  }

  function number(value) {
    return Number(value).toLocaleString("en-US", { maximumFractionDigits: 0 });
  }

  function node(tag, content, cls) {
    const made = document.createElement(tag);
    if (content !== undefined) {
      made.textContent = content;
    }
    if (cls) {
      made.className = cls;
    }
    return made;
  }

  function card(title, tags, fields, reason) {
    const box = node("div", undefined, "sm-card");
    box.appendChild(node("h3", title));
    for (const tag of tags || []) {
      box.appendChild(node("span", tag, "sm-tag"));
    }
    const list = node("dl");
    for (const pair of fields || []) {
      list.appendChild(node("dt", pair[0]));
      list.appendChild(node("dd", pair[1]));
    }
    box.appendChild(list);
    if (reason) {
      box.appendChild(node("p", reason, "sm-reason"));
    }
    return box;
  }

  function symbol(look, mark, size) {
    return (
      '<svg viewBox="0 0 28 28" width="' + size + '" height="' + size + '" aria-hidden="true">' +
      '<g fill="' + look.color + '" stroke="#fff" stroke-width="1.6">' + look.shape + "</g>" +
      (mark
        ? '<text x="14" y="' + (mark === "R4" ? 21.5 : 17.8) + '" text-anchor="middle" fill="#fff" ' +
          'font-size="10.5" font-weight="700" font-family="Arial,sans-serif">' + mark + "</text>"
        : "") +
      "</svg>"
    );
  }

  function lookOf(station) {
    if (station.kind === "mobile") {
      return { look: RULES.mobile, mark: "M" };
    }
    return { look: RULES[station.rule] || RULES.many, mark: RULES[station.rule] ? station.rule : "+" };
  }

  /** Pixels of a circle whose area is proportional to people; the most people give LARGEST. */
  function radius(people, most, zoom) {
    const grow = Math.max(0.4, Math.min(1.6, Math.pow(1.3, zoom - 14)));
    return Math.max(SMALLEST, LARGEST * grow * Math.sqrt(people / most));
  }

  /** A round number of people not above the most, for the legend. */
  function round(most) {
    const power = Math.pow(10, Math.floor(Math.log10(Math.max(1, most))));
    return [5, 2, 1].map(function (n) { return n * power; }).find(function (n) { return n <= most; }) || 1;
  }

  function width(style, zoom) {
    return zoom < 12 ? style.width[0] : zoom < 15 ? style.width[1] : style.width[2];
  }

  function StationMap(map, data) {
    this.map = map;
    this.data = data;
    this.labels = data.labels;
    this.listeners = [];
    this.layers = {};
    this.selected = null;
    this.marks = {};
    map.attributionControl.setPrefix("");
    map.attributionControl.addAttribution(text(this.labels, "attribution"));
    this._panes();
    this._base(data.base);
    this._controls();
    this.setPlan(data.plan || {});
    map.on("click", this._click, this);
    map.on("popupclose", this._unlink, this);
    map.on("zoomend", this._zoomed, this);
    this._zoomed();
  }

  StationMap.prototype = {
    t: function (key, facts) {
      return text(this.labels, key, facts);
    },

    onPick: function (listener) {
      this.listeners.push(listener);
    },

    _tell: function (event) {
      for (const listener of this.listeners) {
        listener(event);
      }
    },

    _panes: function () {
      const order = { ground: 210, roads: 380, people: 410, links: 420, names: 450 };
      for (const name in order) {
        const pane = this.map.createPane("sm-" + name);
        pane.style.zIndex = order[name];
        pane.style.pointerEvents = "none";
      }
    },

    _sheet: function (pane, paint) {
      return new S.Sheet(paint, { pane: "sm-" + pane });
    },

    _base: function (base) {
      const groups = {};
      for (const group of base.groups) {
        groups[group.kind] = S.lines(group.lines, base.origin, base.scale);
      }
      const outline = S.lines(base.boundary, base.origin, base.scale);
      this._sheet("ground", function (ctx, v) {
        S.trace(ctx, outline, v, true);
        ctx.fillStyle = "#fcfbf8";
        ctx.fill();
        ctx.setLineDash([10, 4, 2, 4]);
        ctx.lineWidth = 1.4;
        ctx.strokeStyle = "#8b8577";
        ctx.stroke();
        ctx.lineCap = "round";
        for (const style of BASE) {
          S.trace(ctx, groups[style.kind] || [], v, false);
          ctx.setLineDash(style.dash || []);
          ctx.lineWidth = width(style, v.zoom);
          ctx.strokeStyle = style.color;
          ctx.stroke();
        }
        ctx.setLineDash([]);
      }).addTo(this.map);
      this.outline = outline;
      this.layers.names = this._names(base).addTo(this.map);
    },

    _names: function (base) {
      const place = function (entry) {
        return { p: S.project(entry[0], entry[1]), text: entry[2] };
      };
      const towns = base.towns.map(place);
      const streets = base.streets.map(place);
      return this._sheet("names", function (ctx, v) {
        const labels = new S.Labels();
        const put = function (list, style) {
          for (const one of list) {
            const x = one.p[0] * v.k - v.ox;
            const y = one.p[1] * v.k - v.oy;
            if (v.box.contains([x, y])) {
              labels.put(ctx, one.text, x, y, style);
            }
          }
        };
        put(towns, { size: v.zoom < 12 ? 12 : 14, weight: 700, color: "#3b3a36" });
        if (v.zoom >= 13) {
          put(streets, { size: 11, weight: 400, color: "#6b6557" });
        }
      });
    },

    /** Replace all that belongs to a plan; the view stays. */
    setPlan: function (plan) {
      this.plan = plan;
      this._decodePlaces(plan.places);
      this._decodeStreets(plan.streets);
      this._buildStations(plan.stations || []);
      this._buildGaps(plan.gaps || []);
      this._buildExisting(plan.existing || []);
      const given = plan.candidates || { xy: [], ids: [] };
      this.candidates = { xy: S.decode(given.xy, this.data.base.origin, this.data.base.scale), ids: given.ids };
      for (const key of ["served", "left", "streets", "candidates"]) {
        this.layers[key].redraw();
      }
      this._fillLegend();
    },

    /** Row by row again: what has few values comes as one digit for each row. */
    _rows: function (given) {
      const count = given.people.length;
      const rows = {
        people: given.people,
        names: given.names,
        place: new Int32Array(count),
        status: new Uint8Array(count),
        group: new Uint8Array(count),
        site: new Int32Array(count).fill(-1),
        walk: new Int32Array(count).fill(-1),
      };
      let place = -1;
      let served = 0;
      for (let i = 0; i < count; i += 1) {
        place += given.starts.charCodeAt(i) - 48;
        rows.place[i] = place;
        rows.status[i] = given.status.charCodeAt(i) - 48;
        rows.group[i] = given.group.charCodeAt(i) - 48;
        if (rows.status[i] === 1 || rows.status[i] === 2) {
          rows.site[i] = given.site[served];
          rows.walk[i] = given.walk[served];
          served += 1;
        }
      }
      return rows;
    },

    _decodePlaces: function (places) {
      const given = places || { xy: [], starts: "", people: [], status: "", site: [], walk: [], group: "" };
      const base = this.data.base;
      const xy = S.decode(given.xy, base.origin, base.scale);
      const rows = this._rows(given);
      const count = xy.length / 2;
      const served = new Float64Array(count);
      const left = new Float64Array(count);
      const street = new Float64Array(count);
      const away = new Float64Array(count);
      for (let i = 0; i < rows.place.length; i += 1) {
        const put = [left, served, street, away][rows.status[i]];
        put[rows.place[i]] += rows.people[i];
      }
      this.places = { xy: xy, served: served, left: left, street: street, away: away, rows: rows };
      this.places.drawn = given.drawn === undefined ? count : given.drawn;
      let most = 1;
      for (let i = 0; i < this.places.drawn; i += 1) {
        most = Math.max(most, served[i], left[i], street[i], away[i]);
      }
      this.places.most = most;
    },

    _decodeStreets: function (streets) {
      const base = this.data.base;
      const given = streets || { served: [], left: [] };
      this.streets = {
        served: S.lines(given.served, base.origin, base.scale),
        left: S.lines(given.left, base.origin, base.scale),
      };
    },

    _dots: function (ctx, v, amounts, style) {
      const xy = this.places.xy;
      const low = v.box.min;
      const high = v.box.max;
      ctx.beginPath();
      for (let i = 0; i < this.places.drawn; i += 1) {
        if (!(amounts[i] > 0)) {
          continue;
        }
        const x = xy[2 * i] * v.k - v.ox;
        const y = xy[2 * i + 1] * v.k - v.oy;
        if (x < low.x || x > high.x || y < low.y || y > high.y) {
          continue;
        }
        const r = radius(amounts[i], this.places.most, v.zoom);
        if (r < TINY) {
          ctx.rect(x - r, y - r, 2 * r, 2 * r);
        } else {
          ctx.moveTo(x + r, y);
          ctx.arc(x, y, r, 0, 6.2832);
        }
      }
      ctx.fillStyle = style.fill;
      ctx.strokeStyle = style.line;
      ctx.lineWidth = style === PEOPLE.left ? 1.5 : 0.7;
      ctx.globalAlpha = style === PEOPLE.left ? 1 : 0.75;
      ctx.fill();
      ctx.stroke();
      ctx.globalAlpha = 1;
    },

    _paintServed: function (ctx, v) {
      this._dots(ctx, v, this.places.street, PEOPLE.street);
      this._dots(ctx, v, this.places.served, PEOPLE.walk);
    },

    _paintLeft: function (ctx, v) {
      this._dots(ctx, v, this.places.away, PEOPLE.away);
      this._dots(ctx, v, this.places.left, PEOPLE.left);
    },

    _paintStreets: function (ctx, v) {
      const w = v.zoom < 12 ? 2.6 : v.zoom < 15 ? 4.5 : 8;
      ctx.lineCap = "butt";
      S.trace(ctx, this.streets.served, v, false);
      ctx.strokeStyle = "#4D9AC4";
      ctx.lineWidth = w;
      ctx.stroke();
      S.trace(ctx, this.streets.left, v, false);
      ctx.strokeStyle = "#D08A2E";
      ctx.setLineDash([w * 1.6, w * 1.1]);
      ctx.stroke();
      ctx.setLineDash([]);
    },

    _paintCandidates: function (ctx, v) {
      const xy = this.candidates.xy;
      const r = v.zoom < FAR_ZOOM ? 1.7 : 4;
      ctx.beginPath();
      for (let i = 0; i < xy.length; i += 2) {
        const x = xy[i] * v.k - v.ox;
        const y = xy[i + 1] * v.k - v.oy;
        if (v.box.contains([x, y])) {
          ctx.rect(x - r, y - r, 2 * r, 2 * r);
        }
      }
      ctx.fillStyle = "rgba(255,255,255,.85)";
      ctx.strokeStyle = "#333";
      ctx.lineWidth = 1.1;
      ctx.fill();
      ctx.stroke();
    },

    /** Number of the candidate under a point of the screen, -1 if none. */
    _candidateAt: function (point) {
      if (!this.map.hasLayer(this.layers.candidates)) {
        return -1;
      }
      const xy = this.candidates.xy;
      const k = this.map.getZoomScale(this.map.getZoom(), 0);
      const o = this.map.getPixelOrigin();
      const at = this.map.containerPointToLayerPoint(point);
      let best = -1;
      let least = 9;
      for (let i = 0; i < xy.length; i += 2) {
        const d = Math.hypot(xy[i] * k - o.x - at.x, xy[i + 1] * k - o.y - at.y);
        if (d < least) {
          least = d;
          best = i / 2;
        }
      }
      return best;
    },

    _paintLinks: function (ctx, v) {
      const index = this.linked;
      if (index === undefined || index === null) {
        return;
      }
      const from = this.plan.stations[index];
      const p = S.project(from.lon, from.lat);
      const rows = this.places.rows;
      const xy = this.places.xy;
      ctx.beginPath();
      for (let i = 0; i < rows.site.length; i += 1) {
        if (rows.site[i] !== index) {
          continue;
        }
        const j = 2 * rows.place[i];
        ctx.moveTo(p[0] * v.k - v.ox, p[1] * v.k - v.oy);
        ctx.lineTo(xy[j] * v.k - v.ox, xy[j + 1] * v.k - v.oy);
      }
      ctx.strokeStyle = "rgba(20,60,90,.55)";
      ctx.lineWidth = 1;
      ctx.stroke();
    },

    /** What a page draws to answer a click: ground reached, ways with their flows, shares. */
    _paintDrawing: function (ctx, v) {
      const d = this.drawing;
      if (d.outline.length) {
        S.trace(ctx, d.outline, v, true);
        ctx.fillStyle = "rgba(0,114,178,.12)";
        ctx.fill("evenodd");
        ctx.setLineDash([6, 4]);
        ctx.lineWidth = 1.6;
        ctx.strokeStyle = "#0B5C8A";
        ctx.stroke();
        ctx.setLineDash([]);
      }
      ctx.lineCap = "round";
      d.lines.forEach(function (line, index) {
        S.trace(ctx, [line], v, false);
        ctx.lineWidth = 2 + 10 * d.widths[index];
        ctx.strokeStyle = "rgba(213,94,0,.75)";
        ctx.stroke();
      });
      ctx.font = "700 12px sans-serif";
      for (const spot of d.spots) {
        const p = S.project(spot.lon, spot.lat);
        const x = p[0] * v.k - v.ox;
        const y = p[1] * v.k - v.oy;
        ctx.beginPath();
        ctx.arc(x, y, 5, 0, 6.2832);
        ctx.fillStyle = "#fff";
        ctx.fill();
        ctx.lineWidth = 2;
        ctx.strokeStyle = "#8a3a00";
        ctx.stroke();
        ctx.lineWidth = 3;
        ctx.strokeStyle = "#fff";
        ctx.strokeText(spot.text, x + 8, y + 4);
        ctx.fillStyle = "#5c2700";
        ctx.fillText(spot.text, x + 8, y + 4);
      }
    },

    /** Show a page's drawing; an empty one takes the last away. */
    draw: function (drawing) {
      const given = drawing || {};
      const text = JSON.stringify(given);
      if (text === this.drawn) {
        return;
      }
      this.drawn = text;
      const base = this.data.base;
      this.drawing = {
        outline: S.lines(given.outline || [], base.origin, base.scale),
        lines: S.lines(given.lines || [], base.origin, base.scale),
        widths: given.widths || [],
        spots: given.spots || [],
        legend: given.legend || "",
      };
      this.layers.drawn.redraw();
      this._fillLegend();
    },

    /** Bring a place into sight without changing the zoom, and ring it. */
    focus: function (place) {
      const text = JSON.stringify(place || null);
      if (text === this.focused) {
        return;
      }
      this.focused = text;
      if (this.ring) {
        this.ring.remove();
        this.ring = null;
      }
      if (!place) {
        return;
      }
      this.ring = L.circleMarker([place.lat, place.lon], { radius: 19, color: "#111", weight: 3, fill: false, interactive: false }).addTo(this.map);
      if (place.zoom && this.map.getZoom() < place.zoom) {
        this.map.setView([place.lat, place.lon], place.zoom, { animate: false });
      } else if (place.pan && !this.map.getBounds().pad(-0.05).contains([place.lat, place.lon])) {
        this.map.setView([place.lat, place.lon], this.map.getZoom(), { animate: false });
      }
    },

    _buildStations: function (stations) {
      this.marks = {};
      for (const key of ["R1", "R2", "R3", "R4", "mobile", "many"]) {
        this.layers[key].clearLayers();
      }
      stations.forEach(function (station, index) {
        const shown = lookOf(station);
        const mark = L.marker([station.lat, station.lon], {
          icon: L.divIcon({
            className: "sm-station" + (station.cls ? " sm-" + station.cls : ""),
            html: symbol(shown.look, shown.mark, 26),
            iconSize: [26, 26],
          }),
          title: station.title,
          riseOnHover: true,
        });
        if (!this.data.silent) {
          mark.bindPopup(
            function () {
              return card(station.title, station.tags, station.fields, station.reason);
            },
            { maxWidth: 320, minWidth: 220 }
          );
        }
        mark.on("click", function () {
          this.linked = index;
          this.layers.links.redraw();
          this._tell({ kind: "station", id: station.id, lon: station.lon, lat: station.lat });
        }, this);
        const group = station.kind === "mobile" ? "mobile" : RULES[station.rule] ? station.rule : "many";
        this.layers[group].addLayer(mark);
        this.marks[station.id] = mark;
      }, this);
    },

    /** Small signs from afar, so that stations do not cover each other; the size key follows. */
    _zoomed: function () {
      this.map.getContainer().classList.toggle("sm-far", this.map.getZoom() < FAR_ZOOM);
      const far = this.map.getZoom() < FAR_ZOOM;
      this.layers.existing.eachLayer(function (one) {
        one.setRadius(far ? 11 : 17);
      });
      this.layers.gaps.eachLayer(function (one) {
        if (one.gapPeople !== undefined) {
          const r = Math.min(30, 4 + Math.sqrt(one.gapPeople) * 0.5);
          one.setRadius(far ? r * 0.5 : r + 4);
        }
      });
      this._fillLegend();
    },

    _unlink: function () {
      this.linked = null;
      this.layers.links.redraw();
    },

    _buildGaps: function (gaps) {
      this.layers.gaps.clearLayers();
      gaps.forEach(function (gap, index) {
        const ring = L.circleMarker([gap.lat, gap.lon], {
          radius: 10,
          color: "#B2182B",
          weight: 1.8,
          dashArray: "6 4",
          fillColor: "#B2182B",
          fillOpacity: 0.08,
        });
        if (!this.data.silent) {
          ring.bindPopup(function () {
            return card(gap.title, gap.tags, gap.fields, gap.reason);
          });
        }
        ring.gapPeople = gap.people;
        ring.on("click", function (event) {
          L.DomEvent.stopPropagation(event);
          this._tell({ kind: "ground", id: "", lon: gap.lon, lat: gap.lat });
        }, this);
        this.layers.gaps.addLayer(ring);
        if (index < BADGES) {
          const rank = index < MAIN_BADGES ? "" : " sm-gap-minor";
          const tag = L.divIcon({ className: "sm-gap" + rank, html: node("span", gap.badge), iconSize: [0, 0] });
          const badge = L.marker([gap.lat, gap.lon], { icon: tag, interactive: false, keyboard: false, zIndexOffset: -400 });
          this.layers.gaps.addLayer(badge);
        }
      }, this);
    },

    _buildExisting: function (existing) {
      this.layers.existing.clearLayers();
      for (const one of existing) {
        const mark = L.circleMarker([one.lat, one.lon], {
          radius: 17,
          color: "#111",
          weight: 2.2,
          fill: false,
          dashArray: "2 3",
          interactive: false,
        });
        this.layers.existing.addLayer(mark);
      }
      this._zoomed();
    },

    _controls: function () {
      const map = this.map;
      for (const key of ["R1", "R2", "R3", "R4", "mobile", "many", "gaps", "existing", "marks"]) {
        this.layers[key] = L.layerGroup();
      }
      this.layers.marks.addTo(map);
      this.layers.streets = this._sheet("roads", this._paintStreets.bind(this));
      this.layers.served = this._sheet("people", this._paintServed.bind(this));
      this.layers.left = this._sheet("people", this._paintLeft.bind(this));
      this.candidates = { xy: [], ids: [] };
      this.layers.candidates = this._sheet("links", this._paintCandidates.bind(this));
      this.layers.links = this._sheet("links", this._paintLinks.bind(this));
      this.drawing = { outline: [], lines: [], widths: [], spots: [], legend: "" };
      this.layers.drawn = this._sheet("links", this._paintDrawing.bind(this));
      this.places = { xy: [], served: [], left: [], street: [], away: [], drawn: 0, rows: { place: [], site: [] } };
      this.streets = { served: [], left: [] };
      const overlays = {};
      const order = ["R1", "R2", "R3", "R4", "mobile", "many", "existing", "gaps", "streets", "served", "left", "names"].concat(this.data.candidates ? ["candidates"] : []);
      const hidden = this.data.hidden || [];
      this.offered = order.filter(function (key) { return hidden.indexOf(key) < 0; });
      for (const key of order) {
        if (hidden.indexOf(key) >= 0) {
          continue;
        }
        overlays[this.t("layer_" + key)] = this.layers[key];
        if (key !== "names") {
          this.layers[key].addTo(map);
        }
      }
      this.layers.links.addTo(map);
      this.layers.drawn.addTo(map);
      const narrow = map.getSize().x < 640;
      this.control = L.control.layers(null, overlays, { collapsed: true, position: "topright" }).addTo(map);
      const button = this.control.getContainer().querySelector(".leaflet-control-layers-toggle");
      if (button) {
        button.title = this.t("layers");
        button.setAttribute("aria-label", this.t("layers"));
      }
      L.control.zoom({ zoomInTitle: this.t("zoom_in"), zoomOutTitle: this.t("zoom_out") }).addTo(map);
      L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
      this._legendControl(narrow);
    },

    _legendControl: function (narrow) {
      const self = this;
      const Legend = L.Control.extend({
        options: { position: "bottomright" },
        onAdd: function () {
          const box = L.DomUtil.create("details", "sm-legend leaflet-control");
          box.open = !narrow;
          L.DomEvent.disableClickPropagation(box);
          L.DomEvent.disableScrollPropagation(box);
          self.legend = box;
          return box;
        },
      });
      new Legend().addTo(this.map);
    },

    _fillLegend: function () {
      const box = this.legend;
      box.textContent = "";
      box.appendChild(node("summary", this.t("legend")));
      const list = node("ul");
      const add = function (html, label) {
        const item = node("li");
        const sign = node("span", undefined, "sm-sign");
        sign.innerHTML = html;
        item.appendChild(sign);
        item.appendChild(node("span", label));
        list.appendChild(item);
      };
      const counts = {};
      for (const station of this.plan.stations || []) {
        const key = station.kind === "mobile" ? "mobile" : RULES[station.rule] ? station.rule : "many";
        counts[key] = (counts[key] || 0) + 1;
      }
      for (const key of ["R1", "R2", "R3", "R4", "mobile", "many"]) {
        if (counts[key]) {
          const mark = key === "mobile" ? "M" : key === "many" ? "+" : key;
          add(symbol(RULES[key], mark, 20), this.t("legend_" + key, { n: counts[key] }));
        }
      }
      if ((this.plan.existing || []).length) {
        add('<i class="sm-ring"></i>', this.t("legend_existing", { n: this.plan.existing.length }));
      }
      this._legendPeople(add);
      if (this.candidates.ids.length) {
        add('<i class="sm-candidate"></i>', this.t("legend_candidates"));
      }
      if ((this.plan.gaps || []).length) {
        add('<i class="sm-gapsign"></i>', this.t("legend_gaps"));
      }
      if (this.drawing.outline.length) {
        add('<i class="sm-reach"></i>', this.t("legend_reach"));
      }
      if (this.drawing.lines.length) {
        add('<i class="sm-line" style="border-top-width:5px;border-color:#D55E00"></i>', this.drawing.legend);
      }
      if (this.streets.served.length) {
        add('<i class="sm-line" style="border-color:#4D9AC4"></i>', this.t("legend_street_served", { km: this.plan.streets.served_km }));
      }
      if (this.streets.left.length) {
        add('<i class="sm-line" style="border-color:#D08A2E;border-top-style:dashed"></i>', this.t("legend_street_left", { km: this.plan.streets.left_km }));
      }
      for (const key of this.data.base.legend) {
        const style = BASE.filter(function (one) { return one.kind === key; })[0];
        add('<i class="sm-line" style="border-top-width:2px;border-color:' + style.color + (style.dash ? ";border-top-style:dashed" : "") + '"></i>', this.t("legend_base_" + key));
      }
      box.appendChild(list);
      for (const note of this.data.notes || []) {
        box.appendChild(node("p", note, "sm-note"));
      }
    },

    _legendPeople: function (add) {
      const dot = function (style, r) {
        return '<svg width="22" height="22" aria-hidden="true"><circle cx="11" cy="11" r="' + r + '" fill="' + style.fill + '" stroke="' + style.line + '" stroke-width="1.4"/></svg>';
      };
      const p = this.places;
      const totals = this.plan.totals || {};
      for (const kind of ["walk", "street", "left", "away"]) {
        if (totals[kind] && totals[kind] !== "0") {
          add(dot(PEOPLE[kind], 6), this.t("legend_people_" + kind, { n: totals[kind] }));
        }
      }
      if (p.drawn) {
        const amount = round(p.most);
        const r = radius(amount, p.most, this.map.getZoom());
        const side = Math.ceil(2 * r + 3);
        const ring = '<svg width="' + side + '" height="' + side + '" aria-hidden="true"><circle cx="' + side / 2 + '" cy="' + side / 2 + '" r="' + r.toFixed(1) + '" fill="none" stroke="#555" stroke-width="1.4"/></svg>';
        add(ring, this.t("legend_size", { n: number(amount) }));
      }
    },

    _nearest: function (point) {
      const xy = this.places.xy;
      const k = this.map.getZoomScale(this.map.getZoom(), 0);
      const o = this.map.getPixelOrigin();
      const at = this.map.containerPointToLayerPoint(point);
      let best = -1;
      let least = 1e9;
      for (let i = 0; i < this.places.drawn; i += 1) {
        const dx = xy[2 * i] * k - o.x - at.x;
        const dy = xy[2 * i + 1] * k - o.y - at.y;
        const total = this.places.served[i] + this.places.left[i] + this.places.street[i] + this.places.away[i];
        const d = Math.hypot(dx, dy) - radius(total, this.places.most, this.map.getZoom());
        if (d < 4 && d < least) {
          least = d;
          best = i;
        }
      }
      return best;
    },

    _placeCard: function (index) {
      const rows = this.places.rows;
      const fields = [];
      for (let i = 0; i < rows.place.length; i += 1) {
        if (rows.place[i] !== index) {
          continue;
        }
        const group = this.t("group_" + (this.plan.groups || [])[rows.group[i]]);
        const site = rows.site[i];
        const served = site >= 0 ? this.plan.stations[site].title : this.t(rows.status[i] === 3 ? "unreachable" : "unserved");
        const walk = rows.walk && rows.walk[i] >= 0 ? this.t("metres", { n: number(rows.walk[i]) }) : "";
        const amount = Number(rows.people[i]).toLocaleString("en-US", { maximumFractionDigits: 1 });
        fields.push([group + " " + this.t("people", { n: amount }), served + (walk ? " · " + walk : "")]);
      }
      const names = rows.names || [];
      return card(names[index] || this.t("place"), [], fields, "");
    },

    _click: function (event) {
      const candidate = this._candidateAt(event.containerPoint);
      if (candidate >= 0) {
        this._tell({ kind: "candidate", id: this.candidates.ids[candidate], lon: event.latlng.lng, lat: event.latlng.lat });
        return;
      }
      const index = this._nearest(event.containerPoint);
      const at = { lon: event.latlng.lng, lat: event.latlng.lat };
      if (index >= 0 && !this.data.silent) {
        L.popup({ maxWidth: 320 }).setLatLng(event.latlng).setContent(this._placeCard(index)).openOn(this.map);
      }
      this._tell({ kind: index >= 0 ? "place" : "ground", id: "", lon: at.lon, lat: at.lat });
    },

    fit: function () {
      const b = this.data.base.bounds;
      const wide = this.map.getSize().x >= ROOMY && this.legend.open;
      const right = wide ? this.legend.offsetWidth + 8 : 0;
      this.map.fitBounds([[b[1], b[0]], [b[3], b[2]]], { paddingBottomRight: [right, 0], animate: false });
    },

    /** Names of the offered layers that are switched off. */
    hiddenLayers: function () {
      return this.offered.filter(function (key) { return !this.map.hasLayer(this.layers[key]); }, this);
    },

    hide: function (names) {
      for (const key of this.offered) {
        if (names.indexOf(key) >= 0) {
          this.map.removeLayer(this.layers[key]);
        }
      }
    },

    /** Signs that a page sets by hand: a place asked about, a station banned or forced. */
    mark: function (marks) {
      const text = JSON.stringify(marks);
      if (text === this.marked) {
        return;
      }
      this.marked = text;
      this.layers.marks.clearLayers();
      for (const one of marks) {
        const icon = L.divIcon({ className: "sm-mark sm-mark-" + (SIGNS[one.kind] ? one.kind : "asked"), html: SIGNS[one.kind] || SIGNS.asked, iconSize: [30, 30] });
        L.marker([one.lat, one.lon], { icon: icon, title: one.title, interactive: false, keyboard: false, zIndexOffset: 900 }).addTo(this.layers.marks);
      }
    },

    select: function (id) {
      const mark = this.marks[id];
      if (mark) {
        mark.openPopup();
      }
    },
  };

  root.StationMap = StationMap;
})(L, window.StationSheet, window);
