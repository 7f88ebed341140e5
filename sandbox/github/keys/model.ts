/** A key that opens one repository to git. `created` in milliseconds since 1970. */
export interface DeployKey {
  readonly id: number;
  readonly title: string;
  /** Type and key, without a comment: that is not kept. */
  readonly key: string;
  readonly readOnly: boolean;
  readonly addedBy: string;
  readonly created: number;
}
