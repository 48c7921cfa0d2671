/** `update on deployments/scale of the group apps, in the namespace default`: the rule of a role that a path needs. */
export const ruleFor = (verb: string, path: string): string => {
  const [, group, namespace, resource, subresource] =
    /^\/(?:api|apis\/([^/]+))\/[^/]+\/namespaces\/([^/]+)\/([^/]+)\/[^/]+(?:\/([^/]+))?$/.exec(path) ?? [];
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  return `${verb} on ${what} of the group ${group ?? '""'}, in the namespace ${namespace}`;
};
