/** `cpu=73%`: one string per whole percent, made once. */
export const percentLabel = (name: string): ((percent: number) => string) => {
  const labels: string[] = [];
  return (percent) => {
    if (!(percent <= 1000)) return `${name}>1000%`;
    labels[percent] ??= `${name}=${percent}%`;
    return labels[percent];
  };
};
