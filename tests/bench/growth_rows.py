"""Children by the thousand, made by SQL: each in a school of 500 and a class of 25, with a parent and two
school years."""

SCHOOL = "00000000-0000-4000-8000-{n:012x}"
_SCHOOL = "('00000000-0000-4000-8000-' || lpad(to_hex({n}), 12, '0'))::uuid"
_PERSON = """
    insert into person (id, source, source_id, given_name, family_name, search_name, status)
    select gen_random_uuid(), '{{district}}', '{kind}-' || n, given, family,
           lower(family || ' ' || given), 'active'
    from (select n, {{given}} as given, {{family}} as family from generate_series(0, {most}) n) named
"""
NUMBERED = {"given": "'Ann' || n % 100", "family": "'Bell' || n % 1000"}
"""Names of which each pair is borne by one in a thousand, for `ROSTER_OF`."""
_OF = "{kind}.source = '{{district}}' and {kind}.source_id = '{kind}-' || "
ROSTER_OF = (
    _PERSON.format(kind="s", most="{size} - 1"),
    _PERSON.format(kind="t", most="{size} / 25"),
    _PERSON.format(kind="p", most="{size} / 2"),
    "analyze person",
    f"""
    insert into org (id, source, source_id, name, type, status)
    select {_SCHOOL.format(n="n")}, '{{district}}', 'school-' || n, 'School ' || n, 'school', 'active'
    from generate_series(0, {{size}} / 500) n
    """,
    f"""
    insert into course (id, source, source_id, title, org_id, grades, subjects, subject_codes, status)
    values ('00000000-0000-4000-9000-000000000000', '{{district}}', 'course', 'Homeroom',
            {_SCHOOL.format(n="0")}, array[]::text[], array[]::text[], array[]::text[], 'active')
    """,
    f"""
    insert into class (id, source, source_id, title, course_id,
                       school_id, class_type, term_ids, grades, subjects, subject_codes, periods,
                       status)
    select gen_random_uuid(), '{{district}}', 'class-' || n, 'Class ' || n,
           '00000000-0000-4000-9000-000000000000', {_SCHOOL.format(n="n / 20")}, 'homeroom',
           array[]::uuid[], array[]::text[], array[]::text[], array[]::text[], array[]::text[],
           'active'
    from generate_series(0, {{size}} / 25 - 1) n
    """,
    f"""
    insert into student (id, version, created_at, updated_at, source, school_id, grade, status)
    select id, 1, now(), now(), source, {_SCHOOL.format(n="substr(source_id, 3)::int / 500")}, '05',
           'active'
    from person where source = '{{district}}' and source_id like 's-%'
    """,
    """
    insert into enrollment (id, source, source_id, class_id, person_id, role, status)
    select gen_random_uuid(), '{district}', p.source_id, c.id, p.id,
           case when p.source_id like 's-%' then 'student' else 'teacher' end, 'active'
    from person p join class c on c.source_id = 'class-' ||
      case when p.source_id like 's-%' then substr(p.source_id, 3)::int / 25
           else substr(p.source_id, 3)::int end
    where p.source = '{district}' and p.source_id not like 'p-%'
    """,
    """
    insert into student_contact (student_id, contact_id, relation, legal_guardian, legal_recorded,
                                 rostered, listed_by_child, listed_by_contact)
    select s.id, p.id, 'parent', 'yes', false, true, true, true
    from person s join person p on p.source = s.source
      and p.source_id = 'p-' || substr(s.source_id, 3)::int / 2
    where s.source = '{district}' and s.source_id like 's-%'
    """,
    """
    insert into attendance_total (id, version, created_at, updated_at, student_id, school_year,
      days_enrolled, days_attended, hundredths_attended, days_excused, days_tardy, as_of, counted)
    select gen_random_uuid(), 1, now(), now(), id, year, 180, 160, 16000, 5, 5, '2026-06-01', 1
    from student, (values (2025), (2026)) years(year)
    """,
)
VACUUMED = (
    "person", "student", "enrollment", "class", "student_contact", "person_role", "attendance_total",
)  # fmt: skip
MEASURES = (
    """
    insert into measured_student (student_id, grade)
    select gen_random_uuid(), 'Fifth grade' from generate_series(1, {size})
    """,
    f"""
    insert into attendance_measure (id, version, created_at, updated_at, student_id, school_year,
      school_id, grade, days_enrolled, days_attended, hundredths_attended, as_of, parts, added,
      judged_from)
    select gen_random_uuid(), 1, now(), now(), student_id, 2026, school_id, grade, 100, 60, 6000,
      '2026-01-01', (select jsonb_agg(jsonb_build_object('place', place, 'days_enrolled', 100,
        'hundredths_attended', 6000, 'judged', 1, 'absent', 1))
        from unnest(array['all', school_id::text]) place), 1, 10
    from (select student_id, grade,
      {_SCHOOL.format(n="row_number() over () / 500")} as school_id from measured_student) s
    """,
    """
    insert into attendance_sum (school_year, place, grade, students, judged, chronically_absent,
      days_enrolled, hundredths_attended, as_of)
    select school_year, place, grade, count(*), count(*), count(*), sum(days_enrolled),
      sum(hundredths_attended), max(as_of)
    from attendance_measure, unnest(array['all', school_id::text]) place group by 1, 2, 3
    """,
    "vacuum analyze attendance_measure",
)
