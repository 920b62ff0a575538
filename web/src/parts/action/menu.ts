/**
 * Every menu: in its place in the page, so within a landmark, and without Mantine's first stop, which is no item of
 * a menu: the first item has the focus.
 */
export const menuProps = { withinPortal: false, withInitialFocusPlaceholder: false } as const;
