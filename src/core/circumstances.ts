/** Somebody else who sets the size of the target. While there is one we do not. */
export type Holder = {
  /** `kube-controller-manager`, `argocd-controller`, `kubectl`: as the object's managedFields name it. */
  readonly writer: string;
  readonly reason: (typeof holderReasons)[number];
  /** A person's size is respected for a while; absent: as long as the other one is there. */
  readonly untilSeconds?: number | undefined;
};
export const holderReasons = [
  'HorizontalPodAutoscaler',
  'ScaledObject',
  'VerticalPodAutoscaler',
  'GitOps',
  'ManualScaling',
  'ForeignWriter',
] as const;

/** Bounds by the clock that are in force now. */
export type ScheduleWindow = {
  readonly name: string;
  readonly minReplicas?: number | undefined;
  readonly maxReplicas?: number | undefined;
};

/** A proposal that a person has approved, within its time and for the size that the target still has. */
export type Approval = { readonly decisionId: string; readonly to: number; readonly by: string };

/** The least size that somebody asks for, such as a PodDisruptionBudget of this name. */
export type Floor = { readonly replicas: number; readonly name: string };

/** What bears on a size besides metrics: it stands in the record, so that a replay decides alike. */
export type Circumstances = {
  /** Pods that no node has room for; undefined: nobody looked. */
  readonly unschedulable?: number | undefined;
  readonly holder?: Holder | undefined;
  readonly floor?: Floor | undefined;
  readonly schedule?: ScheduleWindow | undefined;
  readonly approved?: Approval | undefined;
  /** In Canary: how far from the size of the HPA's rule we may lead, as a ratio of it. */
  readonly canaryRatio?: number | undefined;
};
