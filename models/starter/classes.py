"""COCO's eighty classes, all of which the recipe teaches, and those that the exported model
keeps."""

COCO = (
    (
        "person bicycle car motorcycle airplane bus train truck boat traffic_light fire_hydrant "
        "stop_sign parking_meter bench bird cat dog horse sheep cow elephant bear zebra giraffe "
        "backpack umbrella handbag tie suitcase frisbee skis snowboard sports_ball kite "
        "baseball_bat baseball_glove skateboard surfboard tennis_racket bottle wine_glass cup "
        "fork knife spoon bowl banana apple sandwich orange broccoli carrot hot_dog pizza donut "
        "cake chair couch potted_plant bed dining_table toilet tv laptop mouse remote keyboard "
        "cell_phone microwave oven toaster sink refrigerator book clock vase scissors teddy_bear "
        "hair_drier toothbrush"
    )
    .replace("_", "\0")
    .split()
)
COCO = tuple(name.replace("\0", " ") for name in COCO)

# Those that the model in the app keeps: learnt well enough to be useful, see the card in README.md.
KEPT = (
    *("person", "bicycle", "car", "bus", "truck", "traffic light", "horse", "zebra", "bottle"),
    *("cup", "pizza", "dining table", "bed", "toilet", "tv", "laptop", "cell phone"),
)
