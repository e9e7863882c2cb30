"""The ground on which a partner may learn of an application that school or district makes for a child."""
