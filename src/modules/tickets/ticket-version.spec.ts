import { matchesVersion, versionTag } from './ticket-version';

describe('If-Match', () => {
  it.each([undefined, '', '*', '"3"', '3', 'W/"3"', '"1", "3"', versionTag(3)])('%s allows version 3', (header) =>
    expect(matchesVersion(header, 3)).toBe(true),
  );

  it.each(['"2"', '2', 'W/"30"', '"x"', '""', ','])('%s does not', (header) =>
    expect(matchesVersion(header, 3)).toBe(false),
  );
});
