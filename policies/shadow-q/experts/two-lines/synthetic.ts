import { poisson } from '#core/poisson';
import type { Rng } from '#core/random';

/**
 * Made-up loads of the kinds that services see, for learning before the first day and against forgetting after it:
 * level × sine × noise × bursts × pulses × on/off × level shifts × daily profile, counted in several ways.
 */
const uniform = (rng: Rng, a: number, b: number): number => a + (b - a) * rng.next();
const logUniform = (rng: Rng, a: number, b: number): number => a * (b / a) ** rng.next();
const chance = (rng: Rng, p: number): boolean => rng.next() < p;

/** Marsaglia, Tsang (2000); below shape 1 by Stuart's boost. */
const gamma = (rng: Rng, shape: number): number => {
  if (shape < 1) return gamma(rng, shape + 1) * Math.max(1e-12, rng.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = rng.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - rng.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
};

/** A rate on a grid of `step` seconds, as monitoring records it. */
type Sketch = { readonly rate: Float32Array; readonly step: number; readonly seconds: number };

/** Multiplies what lies in [from, to) seconds, at least one reading, by a factor of the time since `from`. */
const multiply = ({ rate, step }: Sketch, from: number, to: number, factor: (t: number) => number): void => {
  const first = Math.max(0, Math.floor(from / step));
  const end = Math.min(rate.length, Math.max(first + 1, Math.ceil(to / step)));
  for (let i = first; i < end; i++) rate[i]! *= factor(Math.max(0, i * step - from));
};

const noise = (rng: Rng, sketch: Sketch): void => {
  const independent = chance(rng, 0.18);
  const shape = logUniform(rng, 0.25, 4);
  const sigma = logUniform(rng, 0.008, 0.7);
  const rho = uniform(rng, 0, 0.98);
  let x = sigma * rng.normal();
  const next = (): number => {
    if (independent) return gamma(rng, shape) / shape;
    x = rho * x + Math.sqrt(1 - rho * rho) * sigma * rng.normal();
    return Math.exp(x);
  };
  // Independent readings finer than a minute would be second-to-second noise: that is what counting adds.
  const hold = independent ? Math.max(1, Math.round(60 / sketch.step)) : 1;
  let value = next();
  for (let i = 0; i < sketch.rate.length; i++) {
    if (i % hold === 0) value = next();
    sketch.rate[i] = value;
  }
};

const sine = (rng: Rng, sketch: Sketch): void => {
  const period = 3600 * logUniform(rng, 1, 24);
  const [a, b] = [uniform(rng, 0, 0.8), uniform(rng, 0, 0.3)];
  const [f, g] = [uniform(rng, 0, 2 * Math.PI), uniform(rng, 0, 2 * Math.PI)];
  multiply(sketch, 0, sketch.seconds, (t) => {
    const phase = (2 * Math.PI * t) / period;
    return Math.max(0.05, 1 + a * Math.sin(phase + f) + b * Math.sin(2 * phase + g));
  });
};

const burst = (rng: Rng, sketch: Sketch, at: number): void => {
  const length = logUniform(rng, 20, 1200);
  const height = uniform(rng, 0.4, 4.4);
  const decays = chance(rng, 0.5);
  multiply(
    sketch,
    at,
    at + (decays ? 4 * length : length),
    (t) => 1 + height * (decays ? Math.exp(-t / length) : 1),
  );
};

const bursts = (rng: Rng, sketch: Sketch): void => {
  const meanGap = 3600 / logUniform(rng, 0.15, 6);
  for (let t = 0; t < sketch.seconds; ) {
    t += -meanGap * Math.log(1 - rng.next());
    if (t < sketch.seconds) burst(rng, sketch, t);
  }
};

const usualPeriods = [300, 600, 900, 1200, 1800, 3600];

const pulses = (rng: Rng, sketch: Sketch): void => {
  const period = chance(rng, 0.7)
    ? usualPeriods[rng.integer(usualPeriods.length)]!
    : logUniform(rng, 300, 3600);
  const width = logUniform(rng, 20, 0.5 * period);
  const height = logUniform(rng, 0.4, 6);
  const jitter = chance(rng, 0.4) ? uniform(rng, 0.01, 0.15) * period : 0;
  for (let t = uniform(rng, 0, period); t < sketch.seconds; t += period) {
    const at = t + jitter * rng.normal();
    multiply(sketch, at, at + width, () => 1 + height);
  }
};

const onOff = (rng: Rng, sketch: Sketch): void => {
  const rest = uniform(rng, 0.05, 0.6);
  const [on, off] = [logUniform(rng, 10, 600), logUniform(rng, 10, 600)];
  for (let t = 0; t < sketch.seconds; ) {
    t += -on * Math.log(1 - rng.next());
    const pause = -off * Math.log(1 - rng.next());
    if (t < sketch.seconds) multiply(sketch, t, t + pause, () => rest);
    t += pause;
  }
};

const shifts = (rng: Rng, sketch: Sketch): void => {
  for (let t = 0; t < sketch.seconds; ) {
    t += -uniform(rng, 2, 12) * 3600 * Math.log(1 - rng.next());
    const factor = Math.exp(0.45 * rng.normal());
    if (t < sketch.seconds) multiply(sketch, t, sketch.seconds, () => factor);
  }
};

const daily = (rng: Rng, sketch: Sketch): void => {
  const sigma = uniform(rng, 0.1, 0.7);
  const hours = Float32Array.from({ length: 25 }, () => Math.exp(sigma * rng.normal()));
  hours[24] = hours[0]!;
  multiply(sketch, 0, sketch.seconds, (t) => {
    const h = (t / 3600) % 24;
    const i = Math.floor(h);
    return hours[i]! + (hours[i + 1]! - hours[i]!) * (h - i);
  });
  const events = rng.integer(4);
  for (let event = 0; event < events; event++) {
    const [length, height] = [logUniform(rng, 60, 3600), uniform(rng, 0.4, 4)];
    for (let t = uniform(rng, 0, 86_400); t < sketch.seconds; t += 86_400) {
      const at = t + 20 * rng.normal();
      multiply(sketch, at, at + length, () => 1 + height);
    }
  }
};

const gridSteps = [1, 1, 5, 10, 15, 30, 60, 60, 60, 120, 300];

/** Rate in each second: lines between the readings of a coarse grid, or steps in two of five. */
const drawn = (rng: Rng, { rate, step, seconds }: Sketch): Float32Array => {
  const stepped = step < 10 || chance(rng, 0.4);
  return Float32Array.from({ length: seconds }, (_, t) => {
    const i = Math.floor(t / step);
    const here = rate[i]!;
    return stepped ? here : here + ((rate[i + 1] ?? here) - here) * (t / step - i);
  });
};

const percentile95 = (rate: Float32Array): number => {
  const minutes = Float32Array.from({ length: Math.floor(rate.length / 60) }, (_, m) => {
    let sum = 0;
    for (let s = 0; s < 60; s++) sum += rate[m * 60 + s]!;
    return sum / 60;
  }).sort();
  return minutes[Math.floor(0.95 * minutes.length)]!;
};

const counted = (rng: Rng, rate: Float32Array): void => {
  const how = rng.next();
  if (how < 0.65) for (let t = 0; t < rate.length; t++) rate[t] = poisson(rate[t]!, rng);
  else if (how < 0.78) {
    const batch = logUniform(rng, 1, 300);
    for (let t = 0; t < rate.length; t++) rate[t] = batch * poisson(rate[t]! / batch, rng);
  } else if (how < 0.9) {
    const sigma = uniform(rng, 0.1, 1);
    for (let t = 0; t < rate.length; t++) {
      rate[t] = poisson(rate[t]! * Math.exp(sigma * rng.normal() - sigma ** 2 / 2), rng);
    }
  }
};

/** Arrivals in each second for `hours`; `mostPerSecond` is what the largest fleet can serve. */
export const syntheticLoad = (rng: Rng, hours: number, mostPerSecond: number): Float32Array => {
  const seconds = Math.round(3600 * hours);
  const step = chance(rng, 0.12) ? 1 : gridSteps[rng.integer(gridSteps.length)]!;
  const sketch: Sketch = { rate: new Float32Array(Math.ceil(seconds / step) + 1), step, seconds };
  noise(rng, sketch);
  sine(rng, sketch);
  if (chance(rng, 0.45)) bursts(rng, sketch);
  if (chance(rng, 0.3)) pulses(rng, sketch);
  if (chance(rng, 0.12)) pulses(rng, sketch);
  if (step === 1 && chance(rng, 0.4)) onOff(rng, sketch);
  if (chance(rng, 0.3)) shifts(rng, sketch);
  if (hours > 30 ? chance(rng, 0.8) : chance(rng, 0.2)) daily(rng, sketch);
  const rate = drawn(rng, sketch);
  const share = chance(rng, 0.65) ? 0.6 : uniform(rng, 0.1, 0.6);
  const scale = (share * mostPerSecond) / Math.max(1e-9, percentile95(rate));
  for (let t = 0; t < rate.length; t++) rate[t]! *= scale;
  counted(rng, rate);
  return rate;
};
