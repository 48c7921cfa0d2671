/** The first `most` names stay themselves, all later ones are `other`: a label that cannot grow without bound. */
export const bounded = (most: number): ((name: string) => string) => {
  const seen = new Set<string>();
  return (name) => {
    if (seen.has(name)) return name;
    if (seen.size === most) return 'other';
    seen.add(name);
    return name;
  };
};
