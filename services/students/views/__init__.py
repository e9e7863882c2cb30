"""Puts together the pages that the gateway shows of children.

It owns no table: it reads those of other areas, under the policy. It promises that a page holds
exactly the parts that the policy releases, and that each release is recorded before the answer
leaves. Begin with `student_view/queries.py`.
"""
