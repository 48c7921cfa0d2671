import type { Solve } from '#core/gates';
import type { Spec } from '#core/model';
import type { PolicyMaker, PolicySettings } from '#core/policy';
import { baseStock, baseStockSettings } from './base-stock.ts';
import { hpa, hpaSettings } from './hpa.ts';
import { keda, kedaSettings } from './keda.ts';
import { kpa, kpaSettings } from './kpa.ts';
import { predictiveHpa, predictiveHpaSettings } from './predictive-hpa.ts';
import { qLearning, qLearningSettings } from './q-learning.ts';
import { faults, type SettingFault, type Settings } from './settings.ts';
import { demandOpenings } from './shadow-q/demand-openings.ts';
import { gridSeconds } from './shadow-q/experts/two-lines/demand-window.ts';
import { shadowQ, shadowQSettings } from './shadow-q/shadow-q.ts';
import { staticPolicy, staticSettings } from './static.ts';

export type PolicyEntry = {
  readonly description: string;
  readonly make: PolicyMaker;
  readonly settings: Settings;
  /** Seconds between two decisions of the real thing; undefined: the target's own interval. */
  readonly intervalSeconds: number | undefined;
  /** Normal age of the newest metric of the real thing; undefined: the target's own. */
  readonly metricAgeSeconds: number | undefined;
  /** It limits its own pace as upstream does: `behavior` and cooldown of the spec are not put on top. */
  readonly limitsItself: boolean;
  readonly learns: boolean;
  /** What it looks at besides demand and replicas. */
  readonly sees: { readonly arrivals: boolean; readonly pods: boolean; readonly samples: boolean };
  /** What is wrong with a spec for this policy: path and message; undefined when nothing is. */
  readonly specFault?: (spec: Pick<Spec, 'intervalSeconds'>) => SettingFault | undefined;
  /**
   * How it is asked, of a record, at what demand it would have acted: by its lines, or made anew as a rule that remembers
   * no more than a few minutes. Absent: it cannot be asked.
   */
  readonly asked?: Solve | 'rule';
  /** Settings that only a simulation may use, where exploring hurts nobody. */
  readonly simulation: PolicySettings;
};

const peer = {
  intervalSeconds: undefined,
  metricAgeSeconds: undefined,
  limitsItself: false,
  learns: false,
  sees: { arrivals: false, pods: false, samples: false },
  simulation: {},
};

/** As the HPA's controller syncs, on metrics as old as metrics-server's. */
const everyQuarterMinute = { intervalSeconds: 15, metricAgeSeconds: 15, limitsItself: true };

export const policies: Readonly<Record<string, PolicyEntry>> = {
  'shadow-q': {
    ...peer,
    description: 'Q-learning whose actions are experts, learnt in hindsight: the default',
    make: shadowQ,
    settings: shadowQSettings,
    specFault: ({ intervalSeconds }) =>
      intervalSeconds % gridSeconds === 0
        ? undefined
        : {
            path: 'intervalSeconds',
            message: `is ${intervalSeconds}: shadow-q needs a multiple of ${gridSeconds}`,
          },
    learns: true,
    sees: { arrivals: true, pods: false, samples: true },
    asked: demandOpenings,
  },
  hpa: {
    ...peer,
    description: 'the Horizontal Pod Autoscaler on CPU, exactly as autoscaling/v2 calculates',
    make: hpa,
    settings: hpaSettings,
    ...everyQuarterMinute,
    sees: { arrivals: false, pods: true, samples: false },
    asked: 'rule',
  },
  keda: {
    ...peer,
    description: 'KEDA on requests per second: its 0 to 1 and back, and the HPA that it leaves behind',
    make: keda,
    settings: kedaSettings,
    ...everyQuarterMinute,
    asked: 'rule',
  },
  kpa: {
    ...peer,
    description: "Knative's pod autoscaler on requests per second: a stable window and one for panic",
    make: kpa,
    settings: kpaSettings,
    sees: { arrivals: true, pods: false, samples: false },
    intervalSeconds: 2,
    metricAgeSeconds: 1,
    limitsItself: true,
  },
  'predictive-hpa': {
    ...peer,
    description:
      'an HPA on CPU and on the demand forecast for when new replicas are ready, the greater of both',
    make: predictiveHpa,
    settings: predictiveHpaSettings,
    ...everyQuarterMinute,
    sees: { arrivals: false, pods: true, samples: false },
  },
  'base-stock': {
    ...peer,
    description: 'order up to a quantile of demand after the lead time: the newsvendor of inventory theory',
    make: baseStock,
    settings: baseStockSettings,
    ...everyQuarterMinute,
  },
  static: { ...peer, description: 'one size for all times', make: staticPolicy, settings: staticSettings },
  'q-learning': {
    ...peer,
    description:
      'the textbook table: CPU, memory, request rate and pods by hold and up to 10 replicas up or down',
    make: qLearning,
    settings: qLearningSettings,
    learns: true,
    sees: { arrivals: true, pods: false, samples: true },
    simulation: { explore: true },
  },
};

export const policyNames = (): readonly string[] => Object.keys(policies);

/** Nothing is wrong: no faults. Paths begin with `path`. */
export const policyFaults = (
  name: string,
  settings: PolicySettings,
  path = 'settings',
): readonly SettingFault[] => {
  const entry = Object.hasOwn(policies, name) ? policies[name] : undefined;
  return entry === undefined
    ? [{ path: 'policy', message: `is "${name}": give one of ${policyNames().join(', ')}` }]
    : faults(entry.settings, settings, path);
};
