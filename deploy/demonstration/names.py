"""Names of people from many cultures. The lists are ours; whoever bears such a name is nobody."""

import unicodedata
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Culture:
    """`share` of the families in ten thousand; `language` is spoken at home (BCP 47)."""

    share: int
    language: str
    race: str
    """A column of OneRoster's demographics; empty where a family says nothing."""
    hispanic: bool
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]


def _culture(
    share: int, language: str, race: str, women: str, men: str, families: str, *,
    hispanic: bool = False,
) -> Culture:  # fmt: skip
    return Culture(
        share, language, race, hispanic,
        tuple(women.split()), tuple(men.split()), tuple(families.split()),
    )  # fmt: skip


BLACK, WHITE, ASIAN = "blackOrAfricanAmerican", "white", "asian"
NATIVE, ISLANDER = "americanIndianOrAlaskaNative", "nativeHawaiianOrOtherPacificIslander"
MIXED = "demographicRaceTwoOrMoreRaces"

CULTURES = (
    _culture(
        2300, "en", BLACK,
        "Aaliyah Amara Brielle Camille Danielle Ebony Faith Gabrielle Imani Jada Kayla Kiara "
        "Latoya Monique Nia Simone Tamika Tiana Whitney Zora",
        "Andre Caleb Darius Elijah Isaiah Jalen Jamal Jermaine Kendrick Malik Marcus Micah "
        "Omari Quincy Reggie Terrell Trevon Tyrone Xavier Zeke",
        "Abernathy Baines Battle Blackwell Boykin Broadnax Cheeks Dawkins Fairley Gaines Hairston "
        "Ivory Jeffries Kinlaw Langston Merriweather Outlaw Pettway Ruffin Sturdivant Toliver "
        "Vaughters Whitaker Youngblood",
    ),
    _culture(
        2400, "es", "",
        "Adriana Alejandra Beatriz Camila Daniela Elena Fernanda Gabriela Isabela Julieta Lucía "
        "Luz Mariana Marisol Natalia Paloma Renata Sofía Valentina Ximena",
        "Alejandro Andrés Ángel Benjamín Carlos Diego Emiliano Esteban Felipe Gael Ignacio Javier "
        "Joaquín Julián Leonel Mateo Rafael Santiago Sebastián Tomás",
        "Arizmendi Barrientos Cárdenas Cisneros Elizondo Escamilla Fuentes Galarza Ibarra Jaramillo "
        "Lozano Machuca Montemayor Núñez Olivares Palomares Quintero Rentería Saavedra Tafoya "
        "Urrutia Villaseñor Zamarripa Zepeda",
        hispanic=True,
    ),
    _culture(
        1900, "en", WHITE,
        "Abigail Alice Audrey Charlotte Clara Eleanor Emily Grace Hannah Hazel Josephine Lydia "
        "Margaret Molly Nora Penelope Ruth Samantha Violet Willa",
        "Adam August Benjamin Charles Daniel Emmett Felix George Henry Jack Leo Miles Nathan "
        "Oliver Owen Samuel Simon Theodore Walter Wyatt",
        "Ashdown Birchall Calloway Dunmore Eastlake Fairbairn Garrity Holloway Inglewood Kettering "
        "Lockhart Merrifield Northcott Oakhurst Pemberton Quigley Ravenscroft Stillwell Thackeray "
        "Underhill Wexford Yarborough",
    ),
    _culture(
        450, "so", BLACK,
        "Amina Ayaan Deqa Fadumo Habiba Hibaaq Hodan Idil Ifrah Khadra Ladan Nasra Sahra Ubah",
        "Abdirahman Ahmed Bashir Cabdi Farah Guled Hassan Ismail Liban Mahad Nuur Sharmarke Warsame "
        "Yusuf",
        "Abdulle Barre Cawale Diriye Elmi Gaashaan Hersi Jaamac Kulmiye Mohamud Omaar Roble Samatar "
        "Warfaa",
    ),
    _culture(
        400, "ar", "",
        "Aisha Dalia Farah Hala Jumana Laila Layan Mariam Noor Rania Salma Yasmin Zahra Zeina",
        "Adel Amir Bilal Faris Hadi Ibrahim Karim Khalil Mazen Nabil Omar Rami Tariq Zaid",
        "Abbasi Barakat Darwish Fakhoury Ghanem Haddad Jaber Kassab Lahham Mansour Najjar Qasim "
        "Rahhal Shammas Tannous Zaytoun",
    ),
    _culture(
        450, "vi", ASIAN,
        "An Bích Chi Diệp Giang Hạnh Hương Kim Lan Linh Mai Ngọc Phương Thảo Trang Tuyết",
        "Bảo Cường Dũng Đức Hải Hiếu Hùng Khang Long Minh Nam Phong Quân Sơn Thiện Việt",
        "Bùi Đặng Đinh Đoàn Dương Hoàng Huỳnh Lương Ngô Phan Tạ Trịnh Vũ",
    ),
    _culture(
        350, "zh", ASIAN,
        "Fei Hui Jia Jing Lan Lei Lihua Meiling Qing Rui Shan Xiaoyan Xinyi Ying Yue Zhen",
        "Bo Chao Cheng Feng Gang Haoran Jian Jun Kai Lei Ming Peng Tao Wei Xiang Yong",
        "Bai Cai Deng Fang Gao Guo Han Jiang Kong Liang Luo Meng Pan Qian Shao Tang Xie Zeng",
    ),
    _culture(
        350, "hmn", ASIAN,
        "Bao Chee Gao Hnub Kalia Mai Maiv Nou Pa Paj Sheng Xia Yer Youa",
        "Blong Cheng Fue Hue Kou Leng Meng Nhia Pao Teng Tou Vang Xeng Yia",
        "Chue Cha Fang Hang Her Khang Kue Lor Moua Thao Vue Xiong",
    ),
    _culture(
        300, "hi", ASIAN,
        "Aarohi Aditi Ananya Deepa Diya Ishani Kavya Meera Nandini Pooja Priya Riya Saanvi Tara",
        "Aarav Advait Arjun Dev Harsh Ishaan Karan Kabir Nikhil Pranav Rohan Sahil Varun Vivaan",
        "Agarwal Bhatt Chawla Deshmukh Gokhale Iyer Joshi Kulkarni Mehrotra Nair Parikh Rastogi "
        "Subramanian Trivedi",
    ),
    _culture(
        300, "ht", BLACK,
        "Angeline Danise Esther Fabiola Gerline Islande Kerline Lovely Magalie Nadège Roseline "
        "Widline",
        "Emmanuel Evens Frantz Gaspard Jocelyn Kervens Lesly Mackenson Pierre Ricardo Stanley "
        "Wilner",
        "Alcindor Belizaire Cadet Desrosiers Estimé Fanfan Guerrier Hyppolite Jeudy Laguerre Moïse "
        "Narcisse Pétion Saintil Toussaint",
    ),
    _culture(
        250, "ru", WHITE,
        "Alina Anastasia Darya Ekaterina Galina Irina Kira Ksenia Larisa Nadezhda Oksana Polina "
        "Sofiya Vera",
        "Aleksei Bogdan Danylo Dmitri Fyodor Gleb Ilya Kirill Maksym Nikita Oleh Pavel Roman Taras",
        "Baranenko Chernov Dovzhenko Fomenko Gromov Havryliuk Kalinin Lysenko Morozenko Orlovsky "
        "Petrenko Rybak Sidorov Tkachuk Vdovenko",
    ),
    _culture(
        250, "en", NATIVE,
        "Aiyana Autumn Dakota Dena Jolene Kaya Lenora Mahala Raven Sequoia Sierra Tallulah Wren",
        "Ahanu Chayton Colt Dustin Elan Hunter Kele Lonan Mato Nodin Takoda Tate Wade",
        "Bearclaw Blackfeather Bluecloud Crowtree Eaglestaff Fastwater Graywolf Ironshield Longwalk "
        "Manyhorses Redleaf Stillriver Tallgrass Whitecrane",
    ),
    _culture(
        300, "en", ISLANDER,
        "Ana Fetu Iolana Kalena Leilani Lupe Malia Mele Noelani Pua Sina Tiare",
        "Afa Isileli Kainoa Kekoa Keoni Mana Nalu Semisi Sione Tavita Viliami Wikoli",
        "Afualo Fonoti Ioane Kahananui Kealoha Leota Mahoe Nakoa Palakiko Taumoepeau Tuilagi Vaea",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Name:
    given: str
    family: str


def a_culture(chance: Random) -> Culture:
    return chance.choices(CULTURES, [culture.share for culture in CULTURES])[0]


def a_given_name(chance: Random, culture: Culture, sex: str) -> str:
    if sex not in {"female", "male"}:
        return chance.choice(culture.women + culture.men)
    return chance.choice(culture.women if sex == "female" else culture.men)


def plain(name: str) -> str:
    """The name as it stands in an address: `Núñez` is `nunez`."""
    letters = unicodedata.normalize("NFKD", name.replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in letters.casefold() if c.isascii() and c.isalpha())


def phone(number: int) -> str:
    """One of the hundred telephone numbers that belong to nobody."""
    return f"555-01{number % 100:02}"
