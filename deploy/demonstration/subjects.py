"""What the library teaches: subjects, their strands, and topics with the grades they belong to."""

from dataclasses import dataclass

from deploy.demonstration.schools import GRADES


@dataclass(frozen=True)
class Topic:
    english: str
    spanish: str
    grades: tuple[str, ...]


@dataclass(frozen=True)
class Strand:
    code: str
    name: str
    aim: str
    topics: tuple[Topic, ...]

    @property
    def grades(self) -> tuple[str, ...]:
        taught = {grade for topic in self.topics for grade in topic.grades}
        return tuple(grade for grade in GRADES if grade in taught)


@dataclass(frozen=True)
class Subject:
    code: str
    english: str
    spanish: str
    strands: tuple[Strand, ...]


def _strand(code: str, name: str, aim: str, *topics: str) -> Strand:
    return Strand(code, name, aim, tuple(_topic(line) for line in topics))


def _topic(line: str) -> Topic:
    """`first-last|English|Spanish`."""
    grades, english, spanish = line.split("|")
    first, last = (GRADES.index(grade) for grade in grades.split("-"))
    return Topic(english, spanish, GRADES[first : last + 1])


SUBJECTS = (
    Subject("MA", "Mathematics", "Matemáticas", (
        _strand("NC", "Number and Counting", "count, compare and compose numbers",
                "PK-KG|Counting to twenty|Contar hasta veinte",
                "PK-01|Comparing groups|Comparar grupos",
                "KG-02|Tens and ones|Decenas y unidades",
                "02-04|Place value to a million|Valor posicional hasta un millón"),
        _strand("OP", "Operations", "choose and carry out operations and explain why they work",
                "KG-02|Adding and taking away|Sumar y restar",
                "02-04|Multiplication as groups|La multiplicación como grupos",
                "03-05|Sharing and dividing|Repartir y dividir",
                "04-06|Working with decimals|Trabajar con decimales",
                "06-07|Positive and negative numbers|Números positivos y negativos"),
        _strand("FR", "Fractions and Ratio", "reason about parts, ratios and rates",
                "02-04|Fractions on a number line|Fracciones en la recta numérica",
                "03-05|Equivalent fractions|Fracciones equivalentes",
                "05-06|Multiplying fractions|Multiplicar fracciones",
                "06-07|Ratios and rates|Razones y tasas",
                "06-08|Percents in everyday life|Porcentajes en la vida diaria"),
        _strand("GE", "Geometry", "describe, measure and transform shapes",
                "PK-01|Shapes around us|Formas a nuestro alrededor",
                "02-04|Perimeter and area|Perímetro y área",
                "05-07|Volume of boxes|Volumen de cajas",
                "07-09|Scale drawings|Dibujos a escala",
                "08-10|The Pythagorean theorem|El teorema de Pitágoras",
                "09-11|Proof with triangles|Demostraciones con triángulos"),
        _strand("AL", "Algebra and Functions", "represent relations and solve equations",
                "05-07|Patterns and expressions|Patrones y expresiones",
                "07-09|Linear equations|Ecuaciones lineales",
                "08-10|Slope as a rate|La pendiente como tasa",
                "09-11|Quadratic functions|Funciones cuadráticas",
                "10-12|Exponential growth|Crecimiento exponencial"),
        _strand("DA", "Data and Chance", "collect data, summarize them and judge claims",
                "01-03|Picture graphs|Gráficas de dibujos",
                "05-07|Mean and median|Media y mediana",
                "07-09|How likely is it?|¿Qué tan probable es?",
                "10-12|Sampling and bias|Muestreo y sesgo"),
    )),
    Subject("EL", "English Language Arts", "Lengua y literatura", (
        _strand("FS", "Foundational Skills", "hear, decode and write the sounds of words",
                "PK-KG|Rhymes and sounds|Rimas y sonidos",
                "KG-01|Letters and their sounds|Las letras y sus sonidos",
                "01-02|Reading with expression|Leer con expresión",
                "02-04|Prefixes and suffixes|Prefijos y sufijos"),
        _strand("RL", "Reading Stories", "understand how stories are made and what they say",
                "KG-02|Characters and feelings|Personajes y sentimientos",
                "02-04|Folk tales of many peoples|Cuentos de muchos pueblos",
                "04-06|Point of view|El punto de vista",
                "06-08|Theme in short stories|El tema en los cuentos cortos",
                "08-10|Irony and tone|Ironía y tono",
                "10-12|Poetry and protest|Poesía y protesta"),
        _strand("RI", "Reading for Information", "find, weigh and connect what texts report",
                "01-03|Main idea and details|Idea principal y detalles",
                "03-05|Text features|Características del texto",
                "06-08|Comparing sources|Comparar fuentes",
                "09-12|Evaluating an argument|Evaluar un argumento"),
        _strand("WR", "Writing", "write for a purpose and an audience",
                "KG-02|Telling what happened|Contar lo que pasó",
                "03-05|Opinion paragraphs|Párrafos de opinión",
                "05-07|Research notes|Notas de investigación",
                "07-09|Editing for clarity|Corregir para aclarar",
                "10-12|The college essay|El ensayo para la universidad"),
    )),
    Subject("SC", "Science", "Ciencias", (
        _strand("LS", "Life Science", "explain how living things grow and depend on each other",
                "PK-01|What plants need|Lo que necesitan las plantas",
                "02-04|Life cycles|Ciclos de vida",
                "04-06|Food webs|Redes alimentarias",
                "06-08|Cells|Las células",
                "09-11|Heredity|La herencia"),
        _strand("PS", "Physical Science", "model matter, forces and energy",
                "KG-02|Push and pull|Empujar y jalar",
                "03-05|Light and shadow|Luz y sombra",
                "05-07|Mixtures and solutions|Mezclas y soluciones",
                "07-09|Forces and motion|Fuerzas y movimiento",
                "10-12|Conservation of energy|Conservación de la energía"),
        _strand("ES", "Earth and Space", "read the record of the earth and the sky",
                "KG-02|Weather watchers|Observadores del tiempo",
                "03-05|Rocks and soil|Rocas y suelo",
                "05-07|The water cycle|El ciclo del agua",
                "07-09|Moon phases|Las fases de la luna",
                "09-12|A changing climate|Un clima que cambia"),
        _strand("EN", "Engineering", "design, test and improve a solution",
                "01-03|Building bridges|Construir puentes",
                "04-06|Simple machines|Máquinas simples",
                "07-09|Designing for the wind|Diseñar para el viento"),
    )),
    Subject("SS", "Social Studies", "Estudios sociales", (
        _strand("CI", "Civics", "take part in a community and know its rules",
                "PK-01|Helpers in our town|Quienes ayudan en nuestra ciudad",
                "03-05|How a town decides|Cómo decide una ciudad",
                "07-09|Rights and courts|Derechos y tribunales",
                "10-12|Voting and turnout|Votar y participar"),
        _strand("HI", "History", "ask who tells the past, and on what evidence",
                "02-04|Family stories|Historias de familia",
                "04-06|Peoples of the coast|Los pueblos de la costa",
                "06-08|Ancient trade routes|Antiguas rutas comerciales",
                "09-11|Migration and memory|Migración y memoria"),
        _strand("EC", "Economics and Geography", "explain choices, places and exchange",
                "01-03|Maps of our neighborhood|Mapas de nuestro barrio",
                "05-07|Making a budget|Hacer un presupuesto",
                "09-12|Paying for college|Pagar la universidad"),
    )),
    Subject("WL", "Wellness and Life Skills", "Bienestar y vida", (
        _strand("SE", "Social and Emotional Learning", "name feelings and act on goals",
                "PK-02|Naming feelings|Nombrar las emociones",
                "03-05|Solving quarrels|Resolver conflictos",
                "06-08|Setting goals|Fijarse metas",
                "09-12|Handling stress|Manejar el estrés"),
        _strand("CA", "Careers and College", "explore work and plan the way to it",
                "06-08|Work that people do|Los trabajos de la gente",
                "08-10|A day at a workplace|Un día en el trabajo",
                "10-12|Choosing a college|Elegir una universidad"),
        _strand("DG", "Digital Life", "find, make and share with care",
                "02-04|Safe on the internet|Seguros en internet",
                "05-07|First steps in code|Primeros pasos en programación",
                "08-10|Spotting false news|Reconocer noticias falsas"),
    )),
)  # fmt: skip
