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

const multiply = (rate: Float32Array, from: number, to: number, factor: (t: number) => number): void => {
  for (let t = Math.max(0, Math.floor(from)); t < Math.min(rate.length, to); t++)
    rate[t]! *= factor(t - from);
};

const noise = (rng: Rng, seconds: number): Float32Array => {
  const gammaMinutes = chance(rng, 0.18);
  const step = gammaMinutes ? 60 : Math.round(logUniform(rng, 1, 300));
  const count = Math.ceil(seconds / step) + 1;
  const shape = logUniform(rng, 0.25, 4);
  const sigma = logUniform(rng, 0.008, 0.7);
  const rho = uniform(rng, 0, 0.98);
  let x = sigma * rng.normal();
  const values = Float32Array.from({ length: count }, () => {
    if (gammaMinutes) return gamma(rng, shape) / shape;
    x = rho * x + Math.sqrt(1 - rho * rho) * sigma * rng.normal();
    return Math.exp(x);
  });
  const stepped = step < 10 || chance(rng, 0.4);
  return Float32Array.from({ length: seconds }, (_, t) => {
    const i = Math.floor(t / step);
    return stepped ? values[i]! : values[i]! + (values[i + 1]! - values[i]!) * (t / step - i);
  });
};

const sine = (rng: Rng, rate: Float32Array): void => {
  const period = 3600 * logUniform(rng, 1, 24);
  const [a, b] = [uniform(rng, 0, 0.8), uniform(rng, 0, 0.3)];
  const [f, g] = [uniform(rng, 0, 2 * Math.PI), uniform(rng, 0, 2 * Math.PI)];
  multiply(rate, 0, rate.length, (t) => {
    const phase = (2 * Math.PI * t) / period;
    return Math.max(0.05, 1 + a * Math.sin(phase + f) + b * Math.sin(2 * phase + g));
  });
};

const burst = (rng: Rng, rate: Float32Array, at: number): void => {
  const length = logUniform(rng, 20, 1200);
  const height = uniform(rng, 0.4, 4.4);
  const decays = chance(rng, 0.5);
  multiply(
    rate,
    at,
    at + (decays ? 4 * length : length),
    (t) => 1 + height * (decays ? Math.exp(-t / length) : 1),
  );
};

const bursts = (rng: Rng, rate: Float32Array): void => {
  const meanGap = 3600 / logUniform(rng, 0.15, 6);
  for (let t = 0; t < rate.length; ) {
    t += -meanGap * Math.log(1 - rng.next());
    burst(rng, rate, t);
  }
};

const pulses = (rng: Rng, rate: Float32Array): void => {
  const usual = [300, 600, 900, 1200, 1800, 3600];
  const period = chance(rng, 0.7) ? usual[rng.integer(usual.length)]! : logUniform(rng, 300, 3600);
  const width = period * logUniform(rng, 0.04, 0.5);
  const height = logUniform(rng, 0.4, 9);
  const jitter = chance(rng, 0.4) ? uniform(rng, 0.01, 0.15) * period : 0;
  for (let t = uniform(rng, 0, period); t < rate.length; t += period) {
    const at = t + jitter * rng.normal();
    multiply(rate, at, at + width, () => 1 + height);
  }
};

const onOff = (rng: Rng, rate: Float32Array): void => {
  const rest = uniform(rng, 0.05, 0.6);
  const [on, off] = [logUniform(rng, 10, 600), logUniform(rng, 10, 600)];
  for (let t = 0; t < rate.length; ) {
    t += -on * Math.log(1 - rng.next());
    const pause = -off * Math.log(1 - rng.next());
    multiply(rate, t, t + pause, () => rest);
    t += pause;
  }
};

const shifts = (rng: Rng, rate: Float32Array): void => {
  for (let t = 0; t < rate.length; ) {
    t += -uniform(rng, 2, 12) * 3600 * Math.log(1 - rng.next());
    const factor = Math.exp(0.45 * rng.normal());
    multiply(rate, t, rate.length, () => factor);
  }
};

const daily = (rng: Rng, rate: Float32Array): void => {
  const sigma = uniform(rng, 0.1, 0.7);
  const hours = Float32Array.from({ length: 25 }, () => Math.exp(sigma * rng.normal()));
  hours[24] = hours[0]!;
  multiply(rate, 0, rate.length, (t) => {
    const h = (t / 3600) % 24;
    const i = Math.floor(h);
    return hours[i]! + (hours[i + 1]! - hours[i]!) * (h - i);
  });
  const events = rng.integer(4);
  for (let event = 0; event < events; event++) {
    const [length, height] = [logUniform(rng, 60, 3600), uniform(rng, 0.4, 4)];
    for (let t = uniform(rng, 0, 86_400); t < rate.length; t += 86_400) {
      const at = t + 20 * rng.normal();
      multiply(rate, at, at + length, () => 1 + height);
    }
  }
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
  const rate = noise(rng, Math.round(3600 * hours));
  sine(rng, rate);
  if (chance(rng, 0.45)) bursts(rng, rate);
  if (chance(rng, 0.25)) pulses(rng, rate);
  if (chance(rng, 0.12)) onOff(rng, rate);
  if (chance(rng, 0.3)) shifts(rng, rate);
  if (hours > 30 ? chance(rng, 0.8) : chance(rng, 0.2)) daily(rng, rate);
  const share = chance(rng, 0.65) ? 0.6 : uniform(rng, 0.1, 0.6);
  const scale = (share * mostPerSecond) / Math.max(1e-9, percentile95(rate));
  for (let t = 0; t < rate.length; t++) rate[t]! *= scale;
  counted(rng, rate);
  return rate;
};
