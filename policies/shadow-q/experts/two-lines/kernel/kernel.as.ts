// AssemblyScript: the layers of a two-lines net, 48 → 32 → 16 → 2, leaky ReLU .05, four numbers at a time.
// Weights lie transposed, row by row of inputs: w1[48][32] b1[32] w2[32][16] b2[16] w3[16][2] b3[2] (padded to 4).
// Its test holds the same in plain TypeScript.

const B1: i32 = 48 * 32 * 4;
const W2: i32 = B1 + 32 * 4;
const B2: i32 = W2 + 32 * 16 * 4;
const W3: i32 = B2 + 16 * 4;
const B3: i32 = W3 + 16 * 2 * 4;

@inline function leaky(x: v128): v128 {
  return f32x4.max(x, f32x4.mul(x, f32x4.splat(0.05)));
}

@inline function slope(h: v128): v128 {
  return v128.bitselect(f32x4.splat(1), f32x4.splat(0.05), f32x4.gt(h, f32x4.splat(0)));
}

export function forward(rows: i32, w: i32, x: i32, h1: i32, h2: i32, o: i32): void {
  for (let r = 0; r < rows; r++, x += 192, h1 += 128, h2 += 64, o += 8) {
    let a0 = v128.load(w + B1);
    let a1 = v128.load(w + B1, 16);
    let a2 = v128.load(w + B1, 32);
    let a3 = v128.load(w + B1, 48);
    let a4 = v128.load(w + B1, 64);
    let a5 = v128.load(w + B1, 80);
    let a6 = v128.load(w + B1, 96);
    let a7 = v128.load(w + B1, 112);
    let p = w;
    for (let i = 0; i < 48; i++, p += 128) {
      const v = v128.load32_splat(x + (i << 2));
      a0 = f32x4.add(a0, f32x4.mul(v, v128.load(p)));
      a1 = f32x4.add(a1, f32x4.mul(v, v128.load(p, 16)));
      a2 = f32x4.add(a2, f32x4.mul(v, v128.load(p, 32)));
      a3 = f32x4.add(a3, f32x4.mul(v, v128.load(p, 48)));
      a4 = f32x4.add(a4, f32x4.mul(v, v128.load(p, 64)));
      a5 = f32x4.add(a5, f32x4.mul(v, v128.load(p, 80)));
      a6 = f32x4.add(a6, f32x4.mul(v, v128.load(p, 96)));
      a7 = f32x4.add(a7, f32x4.mul(v, v128.load(p, 112)));
    }
    v128.store(h1, leaky(a0));
    v128.store(h1, leaky(a1), 16);
    v128.store(h1, leaky(a2), 32);
    v128.store(h1, leaky(a3), 48);
    v128.store(h1, leaky(a4), 64);
    v128.store(h1, leaky(a5), 80);
    v128.store(h1, leaky(a6), 96);
    v128.store(h1, leaky(a7), 112);

    let c0 = v128.load(w + B2);
    let c1 = v128.load(w + B2, 16);
    let c2 = v128.load(w + B2, 32);
    let c3 = v128.load(w + B2, 48);
    p = w + W2;
    for (let i = 0; i < 32; i++, p += 64) {
      const v = v128.load32_splat(h1 + (i << 2));
      c0 = f32x4.add(c0, f32x4.mul(v, v128.load(p)));
      c1 = f32x4.add(c1, f32x4.mul(v, v128.load(p, 16)));
      c2 = f32x4.add(c2, f32x4.mul(v, v128.load(p, 32)));
      c3 = f32x4.add(c3, f32x4.mul(v, v128.load(p, 48)));
    }
    v128.store(h2, leaky(c0));
    v128.store(h2, leaky(c1), 16);
    v128.store(h2, leaky(c2), 32);
    v128.store(h2, leaky(c3), 48);

    let o0 = load<f32>(w + B3);
    let o1 = load<f32>(w + B3, 4);
    p = w + W3;
    for (let i = 0; i < 16; i++, p += 8) {
      const v = load<f32>(h2 + (i << 2));
      o0 += v * load<f32>(p);
      o1 += v * load<f32>(p, 4);
    }
    store<f32>(o, o0);
    store<f32>(o, o1, 4);
  }
}

// Adds the gradient of sum(o · dO) to g, which lies as the weights do; d1 and d2 are room for one row each.
export function backward(rows: i32, w: i32, g: i32, x: i32, h1: i32, h2: i32, dO: i32, d1: i32, d2: i32): void {
  for (let r = 0; r < rows; r++, x += 192, h1 += 128, h2 += 64, dO += 8) {
    const e0 = load<f32>(dO);
    const e1 = load<f32>(dO, 4);
    if (e0 == 0 && e1 == 0) continue;
    store<f32>(g + B3, load<f32>(g + B3) + e0);
    store<f32>(g + B3, load<f32>(g + B3, 4) + e1, 4);
    for (let i = 0; i < 16; i++) {
      const h = load<f32>(h2 + (i << 2));
      const q = g + W3 + (i << 3);
      store<f32>(q, load<f32>(q) + h * e0);
      store<f32>(q, load<f32>(q, 4) + h * e1, 4);
      const p = w + W3 + (i << 3);
      const d = e0 * load<f32>(p) + e1 * load<f32>(p, 4);
      store<f32>(d2 + (i << 2), h > 0 ? d : <f32>0.05 * d);
    }

    const s0 = v128.load(d2);
    const s1 = v128.load(d2, 16);
    const s2 = v128.load(d2, 32);
    const s3 = v128.load(d2, 48);
    v128.store(g + B2, f32x4.add(v128.load(g + B2), s0));
    v128.store(g + B2, f32x4.add(v128.load(g + B2, 16), s1), 16);
    v128.store(g + B2, f32x4.add(v128.load(g + B2, 32), s2), 32);
    v128.store(g + B2, f32x4.add(v128.load(g + B2, 48), s3), 48);
    let p = w + W2;
    let q = g + W2;
    for (let i = 0; i < 32; i++, p += 64, q += 64) {
      const v = v128.load32_splat(h1 + (i << 2));
      v128.store(q, f32x4.add(v128.load(q), f32x4.mul(v, s0)));
      v128.store(q, f32x4.add(v128.load(q, 16), f32x4.mul(v, s1)), 16);
      v128.store(q, f32x4.add(v128.load(q, 32), f32x4.mul(v, s2)), 32);
      v128.store(q, f32x4.add(v128.load(q, 48), f32x4.mul(v, s3)), 48);
      const t = f32x4.add(
        f32x4.add(f32x4.mul(s0, v128.load(p)), f32x4.mul(s1, v128.load(p, 16))),
        f32x4.add(f32x4.mul(s2, v128.load(p, 32)), f32x4.mul(s3, v128.load(p, 48))),
      );
      store<f32>(
        d1 + (i << 2),
        f32x4.extract_lane(t, 0) + f32x4.extract_lane(t, 1) + f32x4.extract_lane(t, 2) + f32x4.extract_lane(t, 3),
      );
    }
    for (let i = 0; i < 128; i += 16) {
      v128.store(d1 + i, f32x4.mul(v128.load(d1 + i), slope(v128.load(h1 + i))));
    }

    const t0 = v128.load(d1);
    const t1 = v128.load(d1, 16);
    const t2 = v128.load(d1, 32);
    const t3 = v128.load(d1, 48);
    const t4 = v128.load(d1, 64);
    const t5 = v128.load(d1, 80);
    const t6 = v128.load(d1, 96);
    const t7 = v128.load(d1, 112);
    q = g;
    for (let i = 0; i < 48; i++, q += 128) {
      const v = v128.load32_splat(x + (i << 2));
      v128.store(q, f32x4.add(v128.load(q), f32x4.mul(v, t0)));
      v128.store(q, f32x4.add(v128.load(q, 16), f32x4.mul(v, t1)), 16);
      v128.store(q, f32x4.add(v128.load(q, 32), f32x4.mul(v, t2)), 32);
      v128.store(q, f32x4.add(v128.load(q, 48), f32x4.mul(v, t3)), 48);
      v128.store(q, f32x4.add(v128.load(q, 64), f32x4.mul(v, t4)), 64);
      v128.store(q, f32x4.add(v128.load(q, 80), f32x4.mul(v, t5)), 80);
      v128.store(q, f32x4.add(v128.load(q, 96), f32x4.mul(v, t6)), 96);
      v128.store(q, f32x4.add(v128.load(q, 112), f32x4.mul(v, t7)), 112);
    }
    v128.store(g + B1, f32x4.add(v128.load(g + B1), t0));
    v128.store(g + B1, f32x4.add(v128.load(g + B1, 16), t1), 16);
    v128.store(g + B1, f32x4.add(v128.load(g + B1, 32), t2), 32);
    v128.store(g + B1, f32x4.add(v128.load(g + B1, 48), t3), 48);
    v128.store(g + B1, f32x4.add(v128.load(g + B1, 64), t4), 64);
    v128.store(g + B1, f32x4.add(v128.load(g + B1, 80), t5), 80);
    v128.store(g + B1, f32x4.add(v128.load(g + B1, 96), t6), 96);
    v128.store(g + B1, f32x4.add(v128.load(g + B1, 112), t7), 112);
  }
}
