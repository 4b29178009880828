/* Canvas sheets: the base map, the people and the names are painted, not made of elements, so that
   100,000 points stay one element. A sheet follows Leaflet's own renderer (pan, zoom animation). */
(function (L, root) {
  "use strict";

  const WORLD = 256;

  /** Zoom-0 pixel of a longitude and latitude in degrees: spherical Mercator, as Leaflet's. */
  function project(lon, lat) {
    const s = Math.sin((lat * Math.PI) / 180);
    return [
      (WORLD * (lon + 180)) / 360,
      WORLD * (0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI)),
    ];
  }

  /** Undo the delta code: [x0, y0, dx, dy, ...] in steps of 1 / scale degrees, to zoom-0 pixels. */
  function decode(coded, origin, scale) {
    const out = new Float64Array(coded.length);
    let x = 0;
    let y = 0;
    for (let i = 0; i < coded.length; i += 2) {
      x += coded[i];
      y += coded[i + 1];
      const p = project(origin[0] + x / scale, origin[1] + y / scale);
      out[i] = p[0];
      out[i + 1] = p[1];
    }
    return out;
  }

  const Sheet = L.Renderer.extend({
    options: { padding: 0.2 },

    initialize: function (paint, options) {
      L.Renderer.prototype.initialize.call(this, options);
      this._paint = paint;
    },

    _initContainer: function () {
      const canvas = (this._container = document.createElement("canvas"));
      canvas.className = "sm-sheet";
      canvas.setAttribute("aria-hidden", "true");
      this._ctx = canvas.getContext("2d");
    },

    _destroyContainer: function () {
      L.DomUtil.remove(this._container);
      delete this._ctx;
      delete this._container;
    },

    _update: function () {
      if (!this._ctx || (this._map._animatingZoom && this._bounds)) {
        return;
      }
      L.Renderer.prototype._update.call(this);
      const b = this._bounds;
      const size = b.getSize();
      const ratio = window.devicePixelRatio || 1;
      L.DomUtil.setPosition(this._container, b.min);
      this._container.width = Math.round(size.x * ratio);
      this._container.height = Math.round(size.y * ratio);
      this._container.style.width = size.x + "px";
      this._container.style.height = size.y + "px";
      this._ctx.scale(ratio, ratio);
      this._ctx.translate(-b.min.x, -b.min.y);
      const origin = this._map.getPixelOrigin();
      this._paint(this._ctx, {
        k: this._map.getZoomScale(this._map.getZoom(), 0),
        ox: origin.x,
        oy: origin.y,
        zoom: this._map.getZoom(),
        box: b,
      });
    },

    redraw: function () {
      if (this._map) {
        this._update();
      }
      return this;
    },
  });

  /** Line outlines as zoom-0 pixels with their boxes, so that what is out of sight is not drawn. */
  function lines(coded, origin, scale) {
    return coded.map(function (one) {
      const xy = decode(one, origin, scale);
      let x0 = WORLD;
      let y0 = WORLD;
      let x1 = 0;
      let y1 = 0;
      for (let i = 0; i < xy.length; i += 2) {
        x0 = Math.min(x0, xy[i]);
        x1 = Math.max(x1, xy[i]);
        y0 = Math.min(y0, xy[i + 1]);
        y1 = Math.max(y1, xy[i + 1]);
      }
      return { xy: xy, x0: x0, y0: y0, x1: x1, y1: y1 };
    });
  }

  /** Add all lines in sight to the path of ctx. */
  function trace(ctx, list, v, close) {
    const left = (v.box.min.x + v.ox) / v.k;
    const right = (v.box.max.x + v.ox) / v.k;
    const top = (v.box.min.y + v.oy) / v.k;
    const bottom = (v.box.max.y + v.oy) / v.k;
    ctx.beginPath();
    for (const line of list) {
      if (line.x1 < left || line.x0 > right || line.y1 < top || line.y0 > bottom) {
        continue;
      }
      const xy = line.xy;
      ctx.moveTo(xy[0] * v.k - v.ox, xy[1] * v.k - v.oy);
      for (let i = 2; i < xy.length; i += 2) {
        ctx.lineTo(xy[i] * v.k - v.ox, xy[i + 1] * v.k - v.oy);
      }
      if (close) {
        ctx.closePath();
      }
    }
  }

  const FONT = '"Noto Sans CJK SC","Microsoft YaHei","PingFang SC","WenQuanYi Micro Hei",sans-serif';

  /** Texts of a sheet: important first, none over another. */
  function Labels() {
    this.taken = [];
  }
  Labels.prototype.put = function (ctx, text, x, y, style) {
    ctx.font = style.weight + " " + style.size + "px " + FONT;
    const w = ctx.measureText(text).width / 2 + 3;
    const h = style.size / 2 + 3;
    for (const t of this.taken) {
      if (Math.abs(t.x - x) < t.w + w && Math.abs(t.y - y) < t.h + h) {
        return false;
      }
    }
    this.taken.push({ x: x, y: y, w: w, h: h });
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3;
    ctx.strokeStyle = "rgba(255,255,255,.9)";
    ctx.strokeText(text, x, y);
    ctx.fillStyle = style.color;
    ctx.fillText(text, x, y);
    return true;
  };

  root.StationSheet = {
    Sheet: Sheet,
    Labels: Labels,
    project: project,
    decode: decode,
    lines: lines,
    trace: trace,
  };
})(L, window);
