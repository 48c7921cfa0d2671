import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '#config';

const resourceOf = (variables: Readonly<Record<string, string>>) =>
  readConfig({ variables }).telemetry.resource;

test('OTEL_RESOURCE_ATTRIBUTES are read by the specification, and OTEL_SERVICE_NAME goes before them', () => {
  const text = 'service.name=other, deployment.environment.name=pre%2Cprod ,k8s.cluster.name=blue=1';

  expect(resourceOf({ OTEL_RESOURCE_ATTRIBUTES: text })).toEqual({
    'service.name': 'other',
    'deployment.environment.name': 'pre,prod',
    'k8s.cluster.name': 'blue=1',
  });
  expect(resourceOf({ OTEL_RESOURCE_ATTRIBUTES: text, OTEL_SERVICE_NAME: 'mine' })).toMatchObject({
    'service.name': 'mine',
  });
});

test('a pod says who it is', () => {
  const variables = {
    NIMBUSGUARD_POD_NAME: 'nimbusguard-0',
    NIMBUSGUARD_POD_UID: 'u',
    NIMBUSGUARD_POD_NAMESPACE: 'nimbusguard',
    NIMBUSGUARD_NODE_NAME: 'node-1',
  };

  expect(resourceOf(variables)).toEqual({
    'k8s.pod.name': 'nimbusguard-0',
    'k8s.pod.uid': 'u',
    'k8s.namespace.name': 'nimbusguard',
    'k8s.node.name': 'node-1',
  });
});

test.each(['novalue', '=x', 'a=%E0%A4%A'])('%s is a fault with its place and what mends it', (text) => {
  expect(() => resourceOf({ OTEL_RESOURCE_ATTRIBUTES: `ok=1,${text}` })).toThrow(ConfigError);
  expect(() => resourceOf({ OTEL_RESOURCE_ATTRIBUTES: `ok=1,${text}` })).toThrow(
    /OTEL_RESOURCE_ATTRIBUTES.*is no pair key=value in percent-encoding.*write key=value,key=value/s,
  );
});
