import type { Holder } from '#core/circumstances';
import { timestamp } from './timestamps.ts';

type Told = (target: string, holder: Holder) => string;

const until = ({ untilSeconds }: Holder): string =>
  untilSeconds === undefined ? 'for a while' : `until ${timestamp(untilSeconds)}`;

/** Who else is there, and what ends it. */
const told: Readonly<Record<Holder['reason'], Told>> = {
  HorizontalPodAutoscaler: (target, { writer }) =>
    `the HorizontalPodAutoscaler ${writer} scales ${target} too: delete it, or set spec.actuator to hpaBounds`,
  ScaledObject: (target, { writer }) =>
    `KEDA scales ${target} too, by the ScaledObject ${writer}: delete or pause it`,
  VerticalPodAutoscaler: (target, { writer }) =>
    `the VerticalPodAutoscaler ${writer} resizes the pods of ${target}: set its updateMode to "Off", or leave it memory alone (controlledResources)`,
  GitOps: (target, { writer }) =>
    `${writer} writes the replicas of ${target}: take replicas out of the manifest, or have it ignore /spec/replicas`,
  ManualScaling: (target, holder) =>
    `${holder.writer} has set the size of ${target}, which is left alone ${until(holder)}`,
  ForeignWriter: (target, { writer }) =>
    `${writer} sets the size of ${target} too: stop it, or set spec.mode to Shadow`,
};

export const holderText = (target: string, holder: Holder): string => told[holder.reason](target, holder);
