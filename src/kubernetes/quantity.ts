/** Powers of ten; `m` and below are less than one. */
const decimal: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
/** Powers of 1024. */
const binary: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };

const written = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+)|([KMGTPE]i|[numkMGTPE])?)$/;
/** A Quantity ends at 2^63; longer exponents are nonsense that would only cost time. */
const largestExponent = 40;

/** Whole units of 10^-`digits`, rounded away from zero as Kubernetes rounds; undefined: not a Quantity. */
const scaled = (text: string, digits: number): number | undefined => {
  const [, sign, whole = '', fraction = '', exponent, suffix = ''] = written.exec(text) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const ten = (exponent === undefined ? (decimal[suffix] ?? 0) : Number(exponent)) + digits - fraction.length;
  if (Math.abs(ten) > largestExponent + fraction.length) return undefined;
  const mantissa = BigInt(whole + fraction) * 1024n ** BigInt(binary[suffix] ?? 0);
  const scale = 10n ** BigInt(Math.abs(ten));
  const size = ten >= 0 ? mantissa * scale : (mantissa + scale - 1n) / scale;
  return sign === '-' ? -Number(size) : Number(size);
};

/** `MilliValue()` of resource.Quantity: `100m` is 100, `1.5` is 1500, `123456n` is 1. */
export const milliOf = (text: string): number | undefined => scaled(text, 3);

/** `Value()` of resource.Quantity: `1Gi` is 1073741824, `1e3` is 1000, `1500m` is 2. */
export const wholeOf = (text: string): number | undefined => scaled(text, 0);
