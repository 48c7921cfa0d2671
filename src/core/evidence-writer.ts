import type { Evidence, Fact, FactUnit, NameKind } from '#core/facts';
import { figure, inOneLine } from '#core/one-line';

/** `2026-01-05 02:14:00Z` */
export const instant = (atSeconds: number): string =>
  Number.isFinite(atSeconds) && Math.abs(atSeconds) < 8.64e12
    ? `${new Date(atSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}Z`
    : 'an unknown time';

const unitWords: Readonly<Record<FactUnit, (text: string, value: number) => string>> = {
  replicas: (text, value) => `${text} ${value === 1 ? 'replica' : 'replicas'}`,
  'per-second': (text) => `${text}/s`,
  ratio: (text) => text,
  seconds: (text) => `${text} s`,
  'replica-hours': (text) => `${text} replica-hours`,
  money: (text) => text,
  count: (text) => text,
  plain: (text) => text,
};

/** So many digits as are needed, three behind the point at most. */
const short = (value: number): string => `${Number(value.toFixed(3))}`;

/** Puts numbers, names and times into words, and notes each as a fact: none can stand in the one and not in the other. */
export const evidenceWriter = () => {
  const facts = new Map<string, Fact>();
  const note = (fact: Fact): void => void facts.set(JSON.stringify(fact), fact);
  return {
    /** With its unit. `digits` absent: as many as it has. */
    number: (value: number | undefined, unit: FactUnit, of: string, digits?: number): string => {
      if (value === undefined || !Number.isFinite(value)) return 'unknown';
      const text = digits === undefined ? short(value) : figure(value, digits);
      note({ kind: 'number', value, unit, of });
      return unitWords[unit](text, value);
    },
    percent: (ratio: number, of: string, digits: number): string => {
      note({ kind: 'number', value: ratio, unit: 'ratio', of });
      return `${figure(100 * ratio, digits)} %`;
    },
    change: (from: number, to: number, atSeconds: number, of: string): string => {
      note({ kind: 'change', from, to, atSeconds, of });
      return `${figure(from, 0)} to ${unitWords.replicas(figure(to, 0), to)}`;
    },
    time: (atSeconds: number, of: string): string => {
      note({ kind: 'time', atSeconds, of });
      return instant(atSeconds);
    },
    name: (name: string, of: NameKind): string => {
      const text = inOneLine(name);
      note({ kind: 'name', name: text, of });
      // Who writes may be called like a command, and is none.
      if (of === 'writer') note({ kind: 'name', name: text, of: 'quote' });
      return text;
    },
    done: (text: string, decisions: readonly string[]): Evidence => ({
      text,
      facts: [...facts.values()],
      decisions,
    }),
  };
};

export type EvidenceWriter = ReturnType<typeof evidenceWriter>;
