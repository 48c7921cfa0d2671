import type { KubeObject } from './api.ts';

export type LeaseSpec = {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number | null;
  readonly leaseTransitions?: number | null;
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
};

/** Of coordination.k8s.io/v1. */
export type Lease = KubeObject & { readonly spec?: LeaseSpec };

export const leasesPath = (namespace: string): string =>
  `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;

export const newLease = (metadata: Lease['metadata'], spec: LeaseSpec = {}): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata,
  spec,
});

/** Undefined: nobody; whoever releases a Lease leaves an empty name. */
export const holderOf = (lease: Lease): string | undefined => lease.spec?.holderIdentity || undefined;

export const transitionsOf = (lease: Lease): number => lease.spec?.leaseTransitions ?? 0;

/** The wire's MicroTime, which must have six decimals. */
export const microTime = (unixSeconds: number): string =>
  new Date(unixSeconds * 1000).toISOString().replace('Z', '000Z');
