"""The words for paints in the truth of passes: those that are right for one who looks at a picture. Pure."""

# Whoever looks cannot tell silver from white or grey by its surroundings, nor navy from black; for brown and beige the truth has no word.
WORDS = {
    (238, 238, 236): 'white',
    (240, 240, 238): 'white',
    (222, 224, 224): 'white',
    (205, 208, 210): 'white grey',
    (206, 208, 208): 'white grey',
    (176, 178, 181): 'white grey',
    (120, 122, 124): 'grey',
    (92, 95, 99): 'grey',
    (24, 25, 27): 'black',
    (142, 18, 22): 'red',
    (178, 30, 26): 'red',
    (196, 40, 30): 'red',
    (206, 40, 34): 'red',
    (150, 40, 30): 'red',
    (190, 60, 40): 'red',
    (188, 60, 44): 'red orange',
    (206, 92, 24): 'orange',
    (220, 90, 30): 'orange red',
    (226, 160, 30): 'yellow orange',
    (216, 150, 30): 'yellow orange',
    (236, 170, 30): 'yellow orange',
    (30, 110, 70): 'green',
    (30, 120, 80): 'green',
    (34, 88, 60): 'green',
    (40, 70, 52): 'green',
    (26, 50, 104): 'blue',
    (28, 62, 140): 'blue',
    (38, 92, 170): 'blue',
    (36, 80, 160): 'blue',
    (40, 80, 150): 'blue',
    (30, 60, 130): 'blue',
    (70, 90, 120): 'blue',
    (40, 92, 120): 'blue',
    (18, 32, 58): 'blue black',
    (110, 84, 58): '',
    (196, 186, 160): '',
}


def words_of(paint):
    """Of the paints of a vehicle, each RGB 0-255; none where nothing is painted (a motorbike, of which one sees the rider)."""
    return list(dict.fromkeys(word for one in paint for word in WORDS[one].split()))
