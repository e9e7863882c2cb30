"""What partners share to learn with: resources, standards, collections, assignments and use.

Promises: a resource is found by words and facets while, and only while, it is shared and its
partner is in a partnership; what a child was given and did with it is told against a grant only;
an import goes in whole or not at all, and twice is as once.
"""
