/** What is wrong with a policy: all faults are told at once, each with its mend. */
export type Fault = {
  /** `spec.metrics[0].prometheus.server` */
  readonly path: string;
  /** What is written there, as JSON. */
  readonly value?: string | undefined;
  readonly problem: string;
  readonly mend: string;
};

export const faultInWords = ({ path, value, problem, mend }: Fault): string =>
  `${path}: ${value === undefined ? '' : `${value} `}${problem}; ${mend}`;
